"""What of a foreign source's dictionary becomes PostgreSQL's, what does not, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from databases import new_database
from dictionary_parts import column, dictionary, sequence, table
from plain_dialect import PLAIN

from devdb.catalog.model import Name
from devdb.dictionary.dialect import Reading
from devdb.dictionary.expressions import Known, NotTold, localized
from devdb.dictionary.model import (
    IndexColumn,
    RemoteCheck,
    RemoteForeignKey,
    RemoteIndex,
    RemoteKey,
    RemoteTrigger,
)
from devdb.dictionary.schema import LocalSchema, Statement, apply, local_schema, understanding
from devdb.errors import ScriptFailed, SettingsError
from devdb.server.cluster import Cluster

SMART = Reading()


@pytest.fixture(scope="module")
def empty(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster) as connection:
        yield connection


def applied(empty: psycopg.Connection[Any], schema: LocalSchema, question: str) -> tuple[list[str], list[Any]]:
    """The notes of running everything, and the answer to a question asked then."""
    with empty.transaction(force_rollback=True):
        notes = apply(empty, (*schema.pre_data, *schema.post_data))
        return notes, empty.execute(question).fetchall()


def test_a_schema_that_the_source_spells_otherwise_is_suggested() -> None:
    wells = dictionary(table("WELLS", "T"), table("AQUIFERS", "T"))
    with pytest.raises(SettingsError) as refusal:
        local_schema(wells, PLAIN, SMART, schemas=["wells", "AQUIFER", "zzz"])
    said = str(refusal.value)
    assert "no schema 'wells' (did you mean WELLS?" in said
    assert "no schema 'AQUIFER' (did you mean AQUIFERS?)" in said
    assert "no schema 'zzz' (its schemas are AQUIFERS, WELLS)" in said
    assert local_schema(wells, PLAIN, SMART, schemas=["WELLS"]).schemas == ("wells",)


def test_no_tables_are_refused() -> None:
    views = dictionary(table("A", "V", kind="view"), table("B", "T"))
    with pytest.raises(SettingsError, match="there are no tables in the source's A") as refusal:
        local_schema(views, PLAIN, SMART, schemas=["A"])
    assert refusal.value.hint == "there are tables in B"
    with pytest.raises(SettingsError, match="there are no tables in the source"):
        local_schema(dictionary(), PLAIN, SMART)


def test_every_column_of_a_type_without_a_like_is_listed() -> None:
    shapes = dictionary(
        table("A", "T", column("id"), column("G", "shape", declared="SHAPE(3)"), column("H", "shape")),
        table("A", "ONLY", column("G", "shape")),
    )
    with pytest.raises(SettingsError) as refusal:
        local_schema(shapes, PLAIN, SMART)
    assert refusal.value.message.split("\n")[1:] == [
        "  A.ONLY.G: shape (no geometry)",
        "  A.T.G: SHAPE(3) (no geometry)",
        "  A.T.H: shape (no geometry)",
    ]
    assert "source.unsupported_types" in (refusal.value.hint or "")
    text = local_schema(shapes, PLAIN, Reading(unsupported="text"))
    assert [[one.becomes.type for one in made.columns] for made in text.tables] == [
        ["text"],
        ["integer", "text", "text"],
    ]
    less = local_schema(shapes, PLAIN, Reading(unsupported="leave_out"))
    assert [[one.name for one in made.columns] for made in less.tables] == [["id"]]
    assert "Tables left out, as no column of theirs is taken: A.ONLY" in less.notes


def test_what_is_not_carried_over_is_named() -> None:
    views = [table("A", f"V{number:02}", kind="view") for number in range(12)]
    schema = local_schema(
        dictionary(
            *views,
            table("A", "T", column("id"), column("doc", "lob")),
            table("A", "TMP", kind="temporary"),
            table("A", "FILE", kind="external"),
            triggers=(RemoteTrigger("A", "T", "AUDIT"), RemoteTrigger("OTHER", "T", "X")),
        ),
        PLAIN,
        SMART,
    )
    assert [str(made.name) for made in schema.tables] == ["a.file", "a.t", "a.tmp"]
    assert schema.notes == (
        "Views not carried over: A.V00, A.V01, A.V02, A.V03, A.V04, A.V05, A.V06, A.V07 and 4 more",
        "Triggers not carried over: A.T (AUDIT)",
        "External tables, which are ordinary ones here: a.file",
        "Columns left out (large objects): A.T.doc",
        "Temporary tables, which are ordinary and empty here: a.tmp",
    )


def test_keys_that_postgresql_cannot_have_are_told_and_left_out() -> None:
    parent = table(
        "A", "P", column("id"), column("code"), column("doc", "json"), column("blob", "lob"),
        unique_keys=(RemoteKey("u_doc", ("doc",)), RemoteKey("u_blob", ("blob",))),
        primary_key=RemoteKey("PRIMARY", ("id",)),
        indexes=(RemoteIndex("i_doc", (IndexColumn("doc"),)), RemoteIndex("i_code", (IndexColumn("code"),))),
    )  # fmt: skip
    child = table(
        "A", "C", column("code"),
        foreign_keys=(
            RemoteForeignKey("not_unique", ("code",), ("A", "P"), ("code",)),
            RemoteForeignKey("outside", ("code",), ("B", "X"), ("id",)),
            RemoteForeignKey("fine", ("code",), ("A", "P"), ("id",)),
        ),
    )  # fmt: skip
    schema = local_schema(dictionary(parent, child, table("B", "X")), PLAIN, SMART, schemas=["A"])
    assert [one.about for one in schema.post_data] == [
        "key p_pkey of a.p",
        "index i_code of a.p",
        "foreign key fine of a.c",
    ]
    assert schema.notes[1:] == (
        "Keys left out, as a column of them is not taken: a.p (u_blob)",
        "Keys left out, as a column's type has no order: a.p (u_doc)",
        "Indexes left out, as a column's type has no order: a.p (i_doc)",
        "Foreign keys left out, as nothing makes the columns unique that they refer to: a.c (not_unique) -> a.p",
        "Foreign keys left out, as the table that they refer to is not taken: a.c (outside) -> B.X",
    )


def test_a_key_may_refer_to_a_unique_index_in_another_order_and_go_round_in_circles(
    empty: psycopg.Connection[Any],
) -> None:
    one = table(
        "A", "ONE", column("x"), column("y"),
        indexes=(RemoteIndex("xy", (IndexColumn("x"), IndexColumn("y", is_descending=True)), is_unique=True),),
        foreign_keys=(
            RemoteForeignKey("there", ("x",), ("B", "TWO"), ("id",), on_delete="CASCADE", is_deferrable=True,
                             is_deferred=True),
            RemoteForeignKey("self", ("x", "y"), ("A", "ONE"), ("y", "x"), is_validated=False),
        ),
    )  # fmt: skip
    two = table(
        "B", "TWO", column("id"), column("y"), primary_key=RemoteKey("PK", ("id",)),
        foreign_keys=(RemoteForeignKey("back", ("y", "id"), ("A", "ONE"), ("y", "x"), on_update="SET NULL"),),
    )  # fmt: skip
    notes, rows = applied(
        empty,
        local_schema(dictionary(one, two), PLAIN, SMART),
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' ORDER BY conname",
    )
    assert notes == []
    assert rows == [
        ("back", "FOREIGN KEY (y, id) REFERENCES a.one(y, x) ON UPDATE SET NULL"),
        ("self", "FOREIGN KEY (x, y) REFERENCES a.one(y, x) NOT VALID"),
        ("there", "FOREIGN KEY (x) REFERENCES b.two(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"),
    ]


def test_expressions_are_over_the_columns_as_they_are_called_here(empty: psycopg.Connection[Any]) -> None:
    well = table(
        "A", "WELL", column("DEPTH"), column("Weird Name", "text"), column("ÉTAT", "text", default="'ü'"),
        column("MADE", "timestamptz", default="SYSDATE"), column("N", "bigint", default='nextval("A"."COUNTER")'),
        column("M", "bigint", default='"COUNTER".NEXTVAL'), column("BAD", "integer", default="'x'"),
        checks=(
            RemoteCheck("DEEP", 'depth > 0 AND "ÉTAT" <> \'DEPTH\' AND "WELL"."Weird Name" IS NOT NULL'),
            RemoteCheck("NO_SUCH", "NO_SUCH(DEPTH)"),
            RemoteCheck("UNTOLD", "!"),
            RemoteCheck("ROWS", "ROWNUM < 5"),
        ),
        indexes=(
            RemoteIndex("BY_NAME", (IndexColumn(None, 'lower("Weird Name")'), IndexColumn("DEPTH"))),
            RemoteIndex("BY_DEPTH", (IndexColumn(None, '"DEPTH"', is_descending=True),)),
            RemoteIndex("BROKEN", (IndexColumn(None, "no_such(DEPTH)"),)),
            RemoteIndex("UNTOLD", (IndexColumn(None, "!"),)),
        ),
    )  # fmt: skip
    schema = local_schema(dictionary(well, sequences=["COUNTER"]), PLAIN, SMART)
    notes, rows = applied(
        empty,
        schema,
        """
        SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'a.well'::regclass AND contype = 'c'
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'a'
        UNION ALL SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef ORDER BY 1
        """,
    )
    assert [row for (row,) in rows] == [
        "'ü'::text",
        """CHECK (((depth > 0) AND ("état" <> 'DEPTH'::text) AND ("Weird Name" IS NOT NULL))) NOT VALID""",
        "CREATE INDEX by_depth ON a.well USING btree (depth DESC)",
        'CREATE INDEX by_name ON a.well USING btree (lower("Weird Name"), depth)',
        "nextval('a.counter'::regclass)",
        "nextval('a.counter'::regclass)",
    ]
    assert [note.split(" (")[0] for note in notes] == [
        "Left out, as PostgreSQL does not take it: default of a.well.bad",
        "Left out, as PostgreSQL does not take it: index broken of a.well",
        "Left out, as PostgreSQL does not take it: check no_such of a.well",
    ]
    assert schema.notes == (
        "Indexes left out, as their expressions have no equal in PostgreSQL: a.well (UNTOLD)",
        "Defaults left out, as they have no equal in PostgreSQL: a.well.made",
        "Checks left out, as they have no equal in PostgreSQL: a.well (ROWS), a.well (UNTOLD)",
    )


@pytest.mark.parametrize(
    "text", ["a, b", "a; b", "a) OR (b", "a -- b", "(SELECT 1)", "a AS x", "*", "a FROM b", "missing", "", "a >"]
)
def test_what_is_more_or_less_than_one_expression_is_not_told(text: str) -> None:
    with pytest.raises(NotTold):
        localized(text, Known({"a": "a", "b": "b"}))


def test_columns_that_the_source_computes_are_tried(empty: psycopg.Connection[Any]) -> None:
    net = table(
        "A", "ITEM", column("NET"), column("TAX"),
        column("GROSS", generated="NET + tax"), column("TWICE", generated="GROSS * 2"),
        column("AGE", "text", generated="now()::text"), column("ODD", generated="!"),
    )  # fmt: skip
    schema = local_schema(dictionary(net), PLAIN, SMART, understood=understanding(empty))
    assert schema.notes == (
        "Columns that the source computes, and ordinary ones here: a.item.twice, a.item.age, a.item.odd",
    )
    notes, rows = applied(
        empty,
        schema,
        "SELECT attname::text FROM pg_attribute WHERE attgenerated = 's' AND attrelid = 'a.item'::regclass",
    )
    assert (notes, rows) == ([], [("gross",)])
    alone = local_schema(dictionary(net), PLAIN, SMART)
    assert "a.item.gross" in alone.notes[0]
    assert applied(empty, alone, "SELECT 1")[0] == []


def test_rows_go_on_being_numbered(empty: psycopg.Connection[Any]) -> None:
    ways = (("bigint", "always"), ("integer", "by default"), ("numeric", "always"))
    numbered = [
        table("A", f"T{number}", column("ID", kind, identity=identity), column("X"))
        for number, (kind, identity) in enumerate(ways)
    ]
    schema = local_schema(dictionary(*numbered, table("A", "W", column("ID", "text", identity="always"))), PLAIN, SMART)
    rows = applied(
        empty,
        schema,
        """
        WITH a AS (INSERT INTO a.t0 (x) VALUES (1) RETURNING id), b AS (INSERT INTO a.t1 (x) VALUES (1) RETURNING id),
             c AS (INSERT INTO a.t2 (x) VALUES (1) RETURNING id)
        SELECT attidentity::text, pg_get_serial_sequence(attrelid::regclass::text, 'id'), a.id + b.id + c.id
        FROM pg_attribute, a, b, c WHERE attname = 'id' AND attrelid::regclass::text ~ '^a[.]t' ORDER BY attrelid
        """,
    )
    assert rows == ([], [("a", "a.t0_id_seq", 3), ("d", "a.t1_id_seq", 3), ("", "a.t2_id_seq", 3)])
    assert [(str(one.name), str(one.table), one.column) for one in schema.numberings] == [
        (f"a.t{number}_id_seq", f"a.t{number}", "id") for number in range(3)
    ]
    assert schema.notes == ("Columns that the source numbers, and nothing numbers here: a.w.id",)


def test_sequences_keep_what_a_bigint_can_hold(empty: psycopg.Connection[Any]) -> None:
    schema = local_schema(
        dictionary(
            table("A", "T"),
            sequences=[
                sequence("A", "PLAIN", start=7, maximum=10**28 - 1, cache=20, last_value=27),
                sequence("A", "DOWN", increment=-2, minimum=-(10**27), maximum=-1, start=-1, last_value=-5),
                sequence("A", "ROUND", minimum=0, maximum=9, start=3, is_cyclic=True, last_value=10**20),
            ],
        ),
        PLAIN,
        SMART,
    )
    assert [(str(one.name), one.last_value) for one in schema.numberings] == [("a.down", -5), ("a.plain", 27)]
    notes, rows = applied(
        empty,
        schema,
        """
        SELECT sequencename, start_value, increment_by, min_value, max_value, cache_size, cycle
        FROM pg_sequences ORDER BY sequencename
        """,
    )
    assert notes == []
    assert rows == [
        ("down", -1, -2, -(2**63), -1, 1, False),
        ("plain", 7, 1, 1, 2**63 - 1, 20, False),
        ("round", 3, 1, 0, 9, 1, True),
    ]


def test_comments_come_along(empty: psycopg.Connection[Any]) -> None:
    said = "it's \\ $$ 100%\nwide"
    schema = local_schema(dictionary(table("A", "T", column("ID", comment=said), comment=said)), PLAIN, SMART)
    rows = applied(empty, schema, "SELECT description FROM pg_description WHERE objoid = 'a.t'::regclass")[1]
    assert rows == [(said,), (said,)]


def test_a_statement_that_must_succeed_says_what_it_was_about(empty: psycopg.Connection[Any]) -> None:
    with pytest.raises(ScriptFailed, match=r'table a\.t: type "nope" does not exist \(SQLSTATE 42704\)'):
        apply(empty, [Statement("CREATE TABLE t (id nope)", "table a.t")])
    (path,) = empty.execute("SHOW search_path").fetchall()
    assert path != ("pg_catalog",)
    assert Name("a", "t").sql == "a.t"
