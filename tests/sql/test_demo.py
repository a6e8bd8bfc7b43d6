"""The demo database is the same everywhere, and holds what production databases hold."""

from __future__ import annotations

import psycopg
import pytest
from fixture_types import MakeDb, RunProgram
from psycopg import sql
from psycopg.conninfo import make_conninfo

from devdb.server.runner import Server
from devdb.sqltext.templates import Templates

SCHEMAS = ("lab", "public", "registry", "staff")

# What the demo database must hold: each query finds a row there.
ODDITIES = {
    "a cycle of two tables": """
        SELECT FROM pg_constraint AS a JOIN pg_constraint AS b ON a.conrelid = b.confrelid AND b.conrelid = a.confrelid
        WHERE a.contype = 'f' AND b.contype = 'f' AND a.conrelid <> b.conrelid""",
    "a cycle within staff": """
        SELECT FROM pg_constraint
        WHERE conrelid = 'staff.department'::regclass AND confrelid = 'staff.employee'::regclass
        AND EXISTS (SELECT FROM staff.department WHERE head_id IS NOT NULL)""",
    "a self reference": "SELECT FROM pg_constraint WHERE contype = 'f' AND conrelid = confrelid",
    "a chain of self references": "SELECT FROM registry.well_lineage WHERE generation >= 10",
    "a composite primary key": """
        SELECT FROM pg_constraint
        WHERE conrelid = 'lab.analysis'::regclass AND contype = 'p' AND cardinality(conkey) = 4""",
    "a composite foreign key": "SELECT FROM pg_constraint WHERE contype = 'f' AND cardinality(conkey) = 3",
    "a foreign key between schemas": """
        SELECT FROM pg_constraint JOIN pg_class AS parent ON parent.oid = confrelid
        WHERE contype = 'f' AND relnamespace <> connamespace""",
    "a foreign key to a unique key that is no primary key": """
        SELECT FROM pg_constraint JOIN pg_index ON indexrelid = conindid WHERE contype = 'f' AND NOT indisprimary""",
    "a deferrable foreign key": "SELECT FROM pg_constraint WHERE contype = 'f' AND condeferrable AND NOT condeferred",
    "a deferred foreign key": "SELECT FROM pg_constraint WHERE contype = 'f' AND condeferred",
    "a MATCH FULL foreign key": "SELECT FROM pg_constraint WHERE contype = 'f' AND confmatchtype = 'f'",
    "a foreign key from a partitioned table": """
        SELECT FROM pg_constraint JOIN pg_class AS child ON child.oid = conrelid
        WHERE contype = 'f' AND relkind = 'p'""",
    "a foreign key to a partitioned table": """
        SELECT FROM pg_constraint JOIN pg_class AS parent ON parent.oid = confrelid
        WHERE contype = 'f' AND relkind = 'p'""",
    "a default partition that holds rows": """
        SELECT FROM pg_partitioned_table WHERE partdefid <> 0 AND EXISTS (SELECT FROM registry.water_level_default)""",
    "an exclusion constraint": "SELECT FROM pg_constraint WHERE contype = 'x'",
    "an enum": "SELECT FROM pg_type WHERE typtype = 'e' AND typnamespace = 'registry'::regnamespace",
    "a domain": "SELECT FROM pg_type WHERE typtype = 'd' AND typnamespace = 'registry'::regnamespace",
    "a generated column": "SELECT FROM pg_attribute WHERE attgenerated = 's'",
    "an identity ALWAYS": "SELECT FROM pg_attribute WHERE attidentity = 'a'",
    "an identity BY DEFAULT": "SELECT FROM pg_attribute WHERE attidentity = 'd'",
    "a serial": "SELECT FROM pg_depend WHERE deptype = 'a' AND objid = 'registry.aquifer_id_seq'::regclass",
    "a free sequence past its start": "SELECT FROM registry.permit_number_seq WHERE last_value > 100000 AND is_called",
    "a free sequence that nobody owns": """
        SELECT WHERE NOT EXISTS (SELECT FROM pg_depend WHERE deptype IN ('a', 'i')
        AND classid = 'pg_class'::regclass AND objid = 'registry.permit_number_seq'::regclass)""",
    "a trigger before update": "SELECT FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 18 = 18",
    "a constraint trigger": "SELECT FROM pg_trigger WHERE NOT tgisinternal AND tgconstraint <> 0",
    "a disabled trigger": "SELECT FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'",
    "an INSTEAD OF trigger": "SELECT FROM pg_trigger WHERE tgtype & 64 = 64",
    "a rule": "SELECT FROM pg_rules WHERE rulename = 'withdraw'",
    "a function in the standard's form": """
        SELECT FROM pg_proc WHERE prosqlbody IS NOT NULL AND pronamespace = 'registry'::regnamespace""",
    "a view on a view": "SELECT FROM information_schema.view_table_usage WHERE table_name = 'active_well'",
    "a materialized view on a materialized view": """
        SELECT FROM pg_rewrite AS of_view JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = of_view.oid
        WHERE ev_class = 'registry.region_rank'::regclass AND refobjid = 'registry.region_statistics'::regclass
        AND EXISTS (SELECT FROM lab.region_quality WHERE place = 1)""",
    "a unique index on a materialized view": """
        SELECT FROM pg_index JOIN pg_class ON pg_class.oid = indrelid WHERE relkind = 'm' AND indisunique""",
    "a table without a key, a row twice in it": """
        SELECT FROM registry.logger_message AS m GROUP BY m.*::text
        HAVING count(*) > 1 AND NOT EXISTS (SELECT FROM pg_index
                                            WHERE indrelid = 'registry.logger_message'::regclass AND indisunique)""",
    "an unlogged table": "SELECT FROM pg_class WHERE relkind = 'r' AND relpersistence = 'u'",
    "a jsonb column": "SELECT FROM registry.well WHERE attributes ? 'survey'",
    "an array with NULL in it": "SELECT FROM registry.permit WHERE array_position(conditions, NULL) > 0",
    "a range without an end": "SELECT FROM registry.permit WHERE upper_inf(valid)",
    "a bytea column": "SELECT FROM registry.document WHERE length(content) > 100",
    "NaN and infinity": """
        SELECT FROM registry.water_level, registry.permit WHERE temperature_c = 'NaN' AND expires_on = 'infinity'""",
    "a composite type": "SELECT FROM registry.driller WHERE (address).city IS NOT NULL",
    "a trusted extension, where the server has it, and its index": """
        SELECT WHERE NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm')
        OR EXISTS (SELECT FROM pg_indexes WHERE indexdef ~ 'gin_trgm_ops')""",
    "a partial index": "SELECT FROM pg_index WHERE indpred IS NOT NULL",
    "an expression index": "SELECT FROM pg_index WHERE indexprs IS NOT NULL",
    "a policy": "SELECT FROM pg_policy WHERE polroles = '{0}'",
    "a comment on a column": "SELECT FROM pg_description WHERE objsubid > 0 AND objoid = 'registry.well'::regclass",
    "a name beyond ASCII": "SELECT FROM pg_attribute WHERE attname = 'gültig ab'",
    "books of migrations": "SELECT FROM public.django_migrations WHERE app = 'registry'",
    "personal data": """
        SELECT FROM registry.owner
        WHERE num_nonnulls(first_name, last_name, email, phone, birth_date, street, notes) = 7""",
    "a driller with far more wells than the others": """
        SELECT driller_id FROM registry.well WHERE driller_id IS NOT NULL
        GROUP BY driller_id HAVING count(*) > 0.3 * (SELECT count(*) FROM registry.well)""",
}

ROWS_AND_SUM = sql.SQL(
    """
    SELECT count(*), md5(string_agg(line, E'\\n' ORDER BY line COLLATE "C"))
    FROM (SELECT t::text AS line FROM {} AS t) AS lines
    """
)


def contents(conninfo: str) -> dict[str, tuple[int, str]]:
    """For every table and materialized view its number of rows, and a sum of them whatever their order."""
    with psycopg.connect(conninfo, options="-c timezone=UTC -c datestyle=ISO") as connection:
        relations = connection.execute(
            "SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
            " WHERE relkind IN ('r', 'm') AND nspname = ANY (%s)",
            [list(SCHEMAS)],
        ).fetchall()
        found = {}
        for relation in relations:
            row = connection.execute(ROWS_AND_SUM.format(sql.Identifier(*relation))).fetchone()
            assert row is not None
            found[".".join(relation)] = row
        return found


def test_the_demo_is_the_same_in_every_database(
    db: str, make_db: MakeDb, psql: RunProgram, pg_dump: RunProgram
) -> None:
    script = Templates().render("demo/demo.sql", scale=0.01)
    assert psql(db, stdin=script.text) == ""

    another = make_db("another")
    with psycopg.connect(db, autocommit=True) as connection:
        connection.execute("CREATE ROLE keeper LOGIN")
        connection.execute("ALTER DATABASE another OWNER TO keeper")
        connection.execute("ALTER DATABASE another SET timezone = 'Asia/Tokyo'")
        connection.execute("ALTER DATABASE another SET datestyle = 'German'")
    with psycopg.connect(make_conninfo(another, user="keeper"), autocommit=True) as connection:
        Server(connection).run(script, single_transaction=True)

    assert contents(another) == contents(db)
    with psycopg.connect(db, autocommit=True) as connection:
        connection.execute("ALTER DATABASE another RESET ALL")  # pg_dump prints the partitions' bounds in its zone
    assert pg_dump(another, "-s", "-O") == pg_dump(db, "-s", "-O")


def test_the_demo_holds_what_production_databases_hold(demo_db: str) -> None:
    with psycopg.connect(demo_db) as connection:
        missing = [
            name for name, query in ODDITIES.items() if connection.execute(query + " LIMIT 1").fetchone() is None
        ]
    assert missing == []


def test_the_demo_has_many_tables_with_rows_in_each(demo_db: str) -> None:
    with psycopg.connect(demo_db) as connection:
        tables = connection.execute(
            "SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
            " WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname = ANY (%s)",
            [list(SCHEMAS)],
        ).fetchall()
    assert len(tables) >= 25
    assert {schema for schema, _ in tables} == set(SCHEMAS)
    assert [name for name, (rows, _) in contents(demo_db).items() if rows == 0] == []


def test_every_constraint_is_proven_and_every_view_filled(demo_db: str) -> None:
    with psycopg.connect(demo_db) as connection:
        assert connection.execute("SELECT conname FROM pg_constraint WHERE NOT convalidated").fetchall() == []
        assert connection.execute("SELECT relname FROM pg_class WHERE NOT relispopulated").fetchall() == []
        assert connection.execute("SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid").fetchall() == []


def test_every_foreign_key_has_an_index(demo_db: str) -> None:
    with psycopg.connect(demo_db) as connection:
        bare = connection.execute(
            """
            SELECT conrelid::regclass::text, pg_get_constraintdef(c.oid)
            FROM pg_constraint AS c
            WHERE contype = 'f'
              AND conparentid = 0
              AND NOT EXISTS (
                  SELECT
                  FROM pg_index
                  WHERE indrelid = conrelid
                    AND (string_to_array(indkey::text, ' ')::smallint[])[1 : cardinality(conkey)] @> conkey
              )
            ORDER BY 1
            """
        ).fetchall()
    assert bare == []


def test_new_rows_can_be_added_as_in_production(demo_db: str) -> None:
    with psycopg.connect(demo_db) as connection:
        connection.execute(
            "INSERT INTO registry.well (public_id, region_code, municipality_no) VALUES (gen_random_uuid(), 'AL', 1)"
        )
        connection.execute("INSERT INTO registry.owner (kind, last_name) VALUES ('person', 'O''Brien')")
        connection.execute("INSERT INTO registry.aquifer (code, name, depth_m) VALUES ('new', 'new', '[1,2]')")
        events = "SELECT count(*) FROM registry.audit_event WHERE operation = 'INSERT'"
        assert connection.execute(events).fetchone() == (1,)
        connection.execute("DELETE FROM registry.granted_permit WHERE id = 3")
        assert connection.execute("SELECT status FROM registry.permit WHERE id = 3").fetchone() == ("withdrawn",)
        connection.execute("UPDATE registry.lithology_layer SET bottom_m = 4999 WHERE depth_no = 2 AND well_id = 1")
        with pytest.raises(psycopg.errors.CheckViolation, match="ends below the well"):
            connection.commit()
