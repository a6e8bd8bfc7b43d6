"""Rows of tables with columns of every kind arrive on another server as they were."""

from __future__ import annotations

import pytest
from databases import new_database
from snapshots import opened

from devdb.catalog import source as catalog
from devdb.sampling.formats import copy_format
from devdb.sqltext.quoting import ident
from devdb.sqltext.templates import Templates

# What a table's type is, and values of it: SQL after VALUES, or a cast text.
BINARY = {
    "bool": ["true", "NULL"],
    "bytea": [r"'\x00ff5c0a'"],
    '"char"': ["'a'"],
    "name": ["'a name'"],
    "int8": ["9223372036854775807", "-1"],
    "int2": ["-32768"],
    "int4": ["0"],
    "text": [r"E'tab\tnewline\nbackslash\\ \\. é 漢'", "''", "NULL"],
    "varchar(5)": ["'abc'"],
    "char(5)": ["'abc'"],
    "oid": ["4294967295"],
    "tid": ["'(7,3)'"],
    "xid": ["'77'"],
    "xid8": ["'9999999999'"],
    "json": ['\'{"a":  1, "a": 2}\''],
    "jsonb": ['\'{"a": [1e400, null, "\\u00e9"]}\''],
    "jsonpath": ["'$.a[*] ? (@ > 1)'"],
    "point": ["'(0.1,-2)'"],
    "lseg": ["'[(0,0),(1,1)]'"],
    "path": ["'[(0,0),(1,1)]'", "'((0,0),(1,1))'"],
    "box": ["'(1,1),(0,0)'"],
    "polygon": ["'((0,0),(1,1),(2,0))'"],
    "line": ["'{1,2,3}'"],
    "circle": ["'<(0,0),3>'"],
    "float4": ["'NaN'", "1.1"],
    "float8": ["0.1", "'-Infinity'", "5e-324"],
    "numeric": ["'NaN'", "1e-300", "'Infinity'", "123456789012345678901234567890.5"],
    "numeric(6,2)": ["1234.50"],
    "macaddr": ["'08:00:2b:01:02:03'"],
    "macaddr8": ["'08:00:2b:01:02:03:04:05'"],
    "inet": ["'10.0.0.1/8'", "'::1'"],
    "cidr": ["'10.0.0.0/8'"],
    "bit(5)": ["B'10101'"],
    "varbit": ["B''"],
    "date": ["'infinity'", "'4000-01-01 BC'"],
    "time": ["'24:00'"],
    "timetz": ["'12:00:00.123456-05:30'"],
    "timestamp(3)": ["'2020-02-29 12:00:00.123'"],
    "timestamptz": ["'2020-02-29 12:00:00+13'", "'-infinity'"],
    "interval": ["'-1 year +2 days -00:00:01'"],
    "uuid": ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
    "pg_lsn": ["'16/B374D848'"],
    "tsvector": ["'a:1A fat:2B,4C cat:5'"],
    "tsquery": ["'fat & (rat:A | !cat:*) & super <2> duper'"],
    "int4range": ["'[1,5)'", "'empty'"],
    "tstzrange": ["'[2020-01-01 UTC,)'"],
    "datemultirange": ["'{[2020-01-01,2020-02-01),[2021-01-01,)}'"],
    "int4[]": ["'{1,NULL,3}'", "'[0:1]={7,8}'", "'{{1,2},{3,4}}'"],
    "text[]": ["ARRAY['a\"b', 'NULL', '', NULL, E'\\\\']"],
    "numrange[]": ["'{\"[1,2)\",empty}'"],
    "mood": ["'sad'", "'so-so'"],
    "money_amount": ["12.50"],
    "cheerful": ["'so-so'"],
    "numbers": ["'{1,2}'"],
}
TEXT = {
    "money": ["'12.34'"],
    "xml": ["'<a>é</a>'", "'text'"],
    "regclass": ["'pair'", "'pg_class'"],
    "regtype": ["'mood'"],
    "regproc": ["'now'"],
    "regrole": ["'postgres'"],
    "regclass[]": ["'{pg_class}'"],
    "mood[]": ["'{sad,so-so}'"],
    "money_amount[]": ["'{1.5,2}'"],
    "pair": ["'(1,\"a b\")'"],
    "pair[]": ["'{\"(1,a)\"}'"],
    "span": ["'[1.5,2)'"],
    "span_multirange": ["'{[1.5,2)}'"],
    "aclitem": ["'postgres=r/postgres'"],
    "refcursor": ["'c'"],
    "pg_snapshot": ["'10:20:10,14,15'"],
    "int2vector": ["'1 2'"],
    "oidvector": ["'1 2'"],
}
TYPES = """
CREATE TYPE mood AS ENUM ('sad', 'so-so', 'happy');
CREATE DOMAIN money_amount AS numeric(10, 2) CHECK (VALUE >= 0);
CREATE DOMAIN cheerful AS mood CHECK (VALUE <> 'sad');
CREATE DOMAIN numbers AS int[];
CREATE TYPE pair AS (number int, word text);
CREATE TYPE span AS RANGE (subtype = float8);
"""


def tables(types) -> str:
    return "".join(f"CREATE TABLE {ident('of ' + kind)} (value {kind});\n" for kind in types)


def rows(types) -> str:
    return "".join(
        f"INSERT INTO {ident('of ' + kind)} VALUES {', '.join(f'({value})' for value in values)};\n"
        for kind, values in types.items()
    )


@pytest.mark.parametrize("major", [None, 18], ids=["of the same release", "of another release"])
def test_rows_of_every_kind_arrive_as_they_were(cluster, cluster_factory, major):
    every = BINARY | TEXT
    if major is not None:
        # That release here is built without libxml.
        del every["xml"]
    # The source has other OIDs than the dev database, and another way to show text.
    before = "CREATE TYPE before AS ENUM ('x'); CREATE TABLE earlier (a before);"
    origin = cluster if major is None else cluster_factory(major=major)
    with (
        new_database(origin, before + TYPES + tables(every) + rows(every)) as source,
        new_database(cluster, TYPES + tables(every)) as dev,
        opened(origin.conninfo(source.info.dbname)) as snapshot,
    ):
        source.execute(f'ALTER DATABASE "{source.info.dbname}" SET "DateStyle" = \'SQL, DMY\'')
        templates = Templates()
        found = catalog.read(
            source, templates, database=catalog.read_database(source, templates), schemas=["public"]
        ).tables
        chosen = {str(table.name.name).removeprefix("of "): copy_format(table) for table in found}
        del chosen["earlier"]
        assert chosen == {kind: "binary" if kind in BINARY else "text" for kind in every}
        dev.execute("SET lc_monetary = 'C'")
        for table in found:
            if table.name.name != "earlier":
                query = f"SELECT value FROM {table.name.sql}"
                binary = copy_format(table) == "binary"
                copied = snapshot.copy(query, dev, table.name.sql, binary=binary, what=str(table.name))
                assert copied == len(every[table.name.name.removeprefix("of ")])
        for kind in every:
            read = f"SELECT value::text FROM {ident('of ' + kind)}"
            assert dev.execute(read).fetchall() == source.execute(read).fetchall(), kind


def test_binary_would_be_wrong_for_the_name_of_an_object(cluster):
    """A regclass is a number, another one elsewhere."""
    made = 'CREATE TABLE named (); CREATE TABLE "of regclass" (value regclass);'
    with (
        new_database(cluster, f"{made} INSERT INTO \"of regclass\" VALUES ('named')") as source,
        new_database(cluster, made) as dev,
        opened(cluster.conninfo(source.info.dbname)) as snapshot,
    ):
        for binary in (True, False):
            snapshot.copy('TABLE "of regclass"', dev, '"of regclass"', binary=binary, what="names")
        (wrong,), (right,) = dev.execute('SELECT value::text FROM "of regclass"').fetchall()
        assert right == "named"
        assert wrong.isdigit()


def test_generated_columns_do_not_count(cluster):
    with new_database(cluster, "CREATE TABLE t (id int, a oidvector GENERATED ALWAYS AS ('1 2') STORED)") as source:
        templates = Templates()
        (table,) = catalog.read(
            source, templates, database=catalog.read_database(source, templates), schemas=None
        ).tables
        assert copy_format(table) == "binary"
