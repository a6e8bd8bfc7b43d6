"""What a live MariaDB says of itself, relation by relation, for a schema that is hard to tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from linking import HERE, ask_dictionary, linked, rows
from mariadb_server import MariaDb

from devdb.dictionary import reading
from devdb.dictionary.dialect import Reading
from devdb.dictionary.mysql import DIALECT
from devdb.dictionary.schema import apply, local_schema, understanding
from devdb.server.cluster import Cluster
from devdb.sqltext.quoting import ident
from devdb.sqltext.templates import Templates

HARD = 'hard `db"'
ORDER = "Or`der \"x\" 'y'"


@pytest.fixture(scope="module")
def hard(cluster: Cluster, mariadb: MariaDb, mysql_fdw: None) -> Iterator[psycopg.Connection[Any]]:
    """A database linked to one that holds hard.sql, its dictionary asked for."""
    assert mysql_fdw is None
    mariadb.run((HERE / "hard.sql").read_text(encoding="utf-8"))
    with linked(cluster, mariadb) as connection:
        ask_dictionary(connection, HARD, "other_db")
        yield connection
    mariadb.run('DROP DATABASE `hard ``db"`; DROP DATABASE other_db; DROP DATABASE `Other_DB`')


def test_the_source_says_its_version(hard):
    ((version,),) = rows(hard, "source", "version")
    assert "MariaDB" in version


def test_all_schemas_are_told_but_the_system_s(hard):
    assert {("Other_DB",), (HARD,), ("other_db",)} <= set(rows(hard, "schemas", "schema"))
    assert not {("mysql",), ("information_schema",)} & set(rows(hard, "schemas", "schema"))


def test_tables_are_told_once_and_of_the_chosen_schemas(hard):
    assert rows(hard, "tables", "schema, name, kind, comment") == [
        (HARD, ORDER, "table", "a table's comment"),
        (HARD, "child", "table", None),
        (HARD, "cyc1", "table", None),
        (HARD, "cyc2", "table", None),
        (HARD, "numbers", "table", None),
        (HARD, "part", "table", None),
        (HARD, "useq", "table", None),
        (HARD, "versioned", "table", None),
        (HARD, "versioned2", "table", None),
        (HARD, "vw", "view", None),
        ("other_db", "Land", "table", None),
    ]
    assert rows(hard, "tables", "row_estimate, bytes > 0", "name = 'cyc1'") == [(2, True)]


def test_columns_are_told_as_they_were_declared(hard):
    told = rows(hard, "columns", "position, name, type, declared, not_null, identity", f"table_name = $${ORDER}$$")
    assert [row[1:] for row in told] == [
        ("select", "int", "int(10) unsigned auto_increment primary key", True, "by default"),
        ("Größe in `m`", "decimal", "decimal(10,2)", False, ""),
        ("land", "char", "char(2)", False, ""),
        ("a", "int", "int(11)", True, ""),
        ("b", "varchar", "varchar(200) unique", True, ""),
        ("c", "text", "text", False, ""),
        ("d", "datetime", "datetime(3) on update current_timestamp(3)", True, ""),
        ("e", "timestamp", "timestamp", False, ""),
        ("f", "date", "date", False, ""),
        ("g", "tinyint", "tinyint(1)", True, ""),
        ("h", "bit", "bit(3)", False, ""),
        ("i", "varbinary", "varbinary(16)", False, ""),
        ("j", "json", "longtext", False, ""),
        ("k", "int", "int(11)", False, ""),
        ("l", "varchar", "varchar(300)", False, ""),
        ("m", "enum", "enum('a','b''c','d\\\\e','ü,x')", True, ""),
        ("n", "set", "set('x','y')", False, ""),
        ("o", "uuid", "uuid", False, ""),
        ("p", "int", "int(11)", False, ""),
        ("q", "varchar", "varchar(10)", False, ""),
        ("r", "varchar", "varchar(10)", False, ""),
        ("s", "varchar", "varchar(10)", False, ""),
        ("t", "time", "time", False, ""),
        ("u", "year", "year(4)", False, ""),
        ("v", "double", "double", False, ""),
        ("w", "int", "int(11)", False, ""),
        ("x", "tinyint", "tinyint(1)", False, ""),
        ("y", "varbinary", "varbinary(16)", False, ""),
        ("z", "date", "date", True, ""),
        ("aa", "int", "int(11)", False, ""),
    ]
    comments = rows(hard, "columns", "name, comment", "comment IS NOT NULL")
    assert comments == [("select", 'the key\'s "comment" \\ ü')]


def test_sizes_are_in_characters_bytes_and_digits(hard):
    told = rows(hard, "columns", "name, length, precision, scale", f"table_name = $${ORDER}$$")
    sizes = {name: tuple(rest) for name, *rest in told}
    assert sizes["b"] == (200, None, None)
    assert sizes["i"] == (16, None, None)
    assert sizes["Größe in `m`"] == (None, 10, 2)
    assert sizes["d"] == (None, 3, None)
    assert sizes["h"] == (None, 3, None)


def test_defaults_are_told_where_there_are_some(hard):
    told = rows(hard, "columns", "name, default_sql", f"table_name = $${ORDER}$$ AND default_sql IS NOT NULL")
    defaults: dict[str, str] = dict(told)
    assert {name: defaults[name] for name in "bdghqrsvw" if name in defaults} == {
        "b": "'it''s \\\\ \"q\" `b`\\n%'",
        "d": "current_timestamp(3)",
        "g": "0",
        "h": "b'101'",
        "r": "'NULL'",
        "s": "''",
        "v": "-10000000000",
        "w": "(1 + 2)",
    }
    assert {"select", "a", "e", "k", "l", "p", "q"} & defaults.keys() == set()


def test_generated_columns_have_their_expressions_and_the_times_of_rows_have_none(hard):
    assert rows(hard, "columns", "table_name, name, generated_sql", "generated_sql IS NOT NULL") == [
        (ORDER, "k", '"a" * 2'),
        (ORDER, "l", 'concat("b",ifnull("q",\'-\'))'),
    ]
    assert [name for (name,) in rows(hard, "columns", "name", "table_name = 'versioned2'")] == ["a", "b", "id", "v"]


def test_keys_are_told_column_by_column(hard):
    plain = rows(hard, "keys", "table_name, kind, name, position, column_name", "kind <> 'f'")
    assert plain == [
        ("Land", "p", "PRIMARY", 1, "Code"),
        (ORDER, "p", "PRIMARY", 1, "select"),
        (ORDER, "u", "uni q", 1, "a"),
        (ORDER, "u", "uni q", 2, "b"),
        ("child", "p", "PRIMARY", 1, "id"),
        ("cyc1", "p", "PRIMARY", 1, "id"),
        ("cyc2", "p", "PRIMARY", 1, "id"),
        ("numbers", "p", "PRIMARY", 1, "id"),
        ("part", "p", "PRIMARY", 1, "id"),
        ("part", "p", "PRIMARY", 2, "y"),
        ("useq", "p", "PRIMARY", 1, "id"),
        ("versioned", "p", "PRIMARY", 1, "id"),
        ("versioned2", "p", "PRIMARY", 1, "id"),
    ]
    columns = "name, position, column_name, parent_schema, parent_table, parent_column, on_delete, on_update"
    assert rows(hard, "keys", columns, "kind = 'f'") == [
        ("back", 1, "o", HARD, "cyc2", "id", "NO ACTION", "NO ACTION"),
        ("cyc2_ibfk_1", 1, "o", HARD, "cyc1", "id", "NO ACTION", "NO ACTION"),
        ("fk_comp", 1, "pa", HARD, ORDER, "a", "CASCADE", "SET NULL"),
        ("fk_comp", 2, "pb", HARD, ORDER, "b", "CASCADE", "SET NULL"),
        ("fk_numbered", 1, "numbered", HARD, "numbers", "id", "NO ACTION", "NO ACTION"),
        ("fk_other", 1, "land", "other_db", "Land", "Code", "SET NULL", "NO ACTION"),
        ("fk_self", 1, "self", HARD, "child", "id", "NO ACTION", "NO ACTION"),
    ]


def test_checks_are_told_with_labels_and_without_what_keeps_json_valid(hard):
    assert rows(hard, "checks", "name, condition") == [
        ("CONSTRAINT_1", 'octet_length("b") > 0 and "Größe in `m`" DIV 1 is not null'),
        ("chk 1", '"a" > 0 and "b" <> \'\' or "b" like \'x%\''),
        ("chk2", "\"m\" in ('a','b\\'c') xor \"a\" <=> 5"),
        ("m_labels", "`m` in ('a','b''c','d\\\\e','ü,x','')"),
        ("p", '"p" between 1 and 5'),
    ]


def test_indexes_are_told_that_no_key_makes(hard):
    columns = "name, position, column_name, expression, is_descending, is_unique"
    assert rows(hard, "indexes", columns, f"table_name = $${ORDER}$$") == [
        ("des", 1, "a", None, True, False),
        ("des", 2, "select", None, False, False),
        ("hsh", 1, "d", None, False, False),
        ("no`index", 1, None, "left(`c`,20)", False, False),
        ("pre", 1, None, "left(`b`,10)", False, True),
    ]


def test_sequences_stand_where_the_next_number_is_new(hard):
    columns = "name, start, increment, minimum, maximum, cache, is_cyclic, last_value"
    assert rows(hard, "sequences", columns) == [
        ('se`q "2"', 1, 1, 1, 9223372036854775806, 1000, False, 1),
        ("seq1", 10, 5, 0, 1000, 20, True, 105),
    ]


def test_triggers_are_named(hard):
    assert rows(hard, "triggers", "schema, table_name, name") == [(HARD, "cyc1", "trg")]


@pytest.mark.usefixtures("hard")
def test_without_names_of_schemas_all_are_told(mariadb, cluster):
    with linked(cluster, mariadb) as connection:
        ask_dictionary(connection)
        told = {schema for (schema,) in rows(connection, "tables", "schema")}
        assert told == {schema for (schema,) in rows(connection, "schemas", "schema")}
        # Again, as an update of the schema does.
        ask_dictionary(connection)


def test_a_wrong_case_finds_nothing(hard):
    ask_dictionary(hard, "OTHER_DB")
    try:
        assert rows(hard, "tables", "name") == []
    finally:
        ask_dictionary(hard, HARD, "other_db")


def test_the_schema_that_follows_is_one_that_postgresql_takes(hard, cluster, mariadb):
    dictionary = reading.read(hard, Templates())
    wanted = Reading(unsupported="text", zero_dates="replace")
    with linked(cluster, mariadb) as made:
        schema = local_schema(dictionary, DIALECT, wanted, schemas=[HARD, "other_db"], understood=understanding(made))
        assert apply(made, schema.pre_data) + apply(made, schema.post_data) == []
        defaults = dict(
            made.execute(
                "SELECT a.attname, pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef AS d "
                "JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum "
                "WHERE d.adrelid = %s::regclass",
                (f"{ident(HARD)}.{ident(ORDER)}",),
            ).fetchall()
        )
        assert defaults["b"] == "'it''s \\ \"q\" `b`\n%'::character varying"
        assert (defaults["g"], defaults["h"], defaults["x"]) == ("false", "'101'::\"bit\"", "3")
        assert (defaults["k"], defaults["y"]) == ("(a * 2)", "'\\x6173636969'::bytea")
        assert {"e", "f", "i", "p", "q"} & defaults.keys() == set()
        types = dict(
            made.execute(
                "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute AS a "
                "WHERE a.attrelid IN (%s::regclass, %s::regclass) AND a.attname IN ('numbered', 'free')",
                (f"{ident(HARD)}.child", f"{ident(HARD)}.numbers"),
            ).fetchall()
        )
        # What refers to numbers counted up from 1 can be a bigint; of other columns nobody knows.
        assert types == {"numbered": "bigint", "free": "numeric(20,0)"}
    left_out = "\n".join(schema.notes)
    assert "CONSTRAINT_1" in left_out
    assert "chk2" in left_out
    assert "chk 1" not in left_out
