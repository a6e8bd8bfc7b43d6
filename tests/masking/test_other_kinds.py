"""Masks that are no functions of the value; octets and shapes; and what all expressions have in common."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from databases import new_database
from masked import Masks, expression, fit_of, is_injective, refusal
from pglast import parse_sql
from pglast.ast import FuncCall
from pglast.visitors import Visitor

from devdb.masking import registry
from devdb.masking.kinds import binary, dates, numbers, plain, structured
from devdb.server.cluster import Cluster
from devdb.settings.mask import Mask

KINDS = {kind.name for room in (plain, numbers, dates, structured, binary) for kind in room.KINDS}
EVERY_MASK: list[tuple[Any, str]] = [
    ("null", "integer"),
    ({"kind": "constant", "value": "x"}, "text"),
    ("keep", "date"),
    ("shuffle", "date"),
    ({"sql": "f.x"}, "date"),
    ("number", "smallint"),
    ("number", "numeric(30,2)"),
    ("number", "numeric"),
    ({"kind": "number", "min": 1, "max": 12}, "bigint"),
    ({"kind": "number", "min": 1, "max": 12}, "numeric(8,2)"),
    ("noise", "bigint"),
    ("noise", "numeric(8,2)"),
    ("noise", "real"),
    ({"kind": "bucket", "size": 5}, "integer"),
    ({"kind": "bucket", "size": 5}, "numeric"),
    ({"kind": "bucket", "size": 5}, "double precision"),
    ({"kind": "date_shift", "by": "by"}, "date"),
    ({"kind": "date_shift", "by": "by"}, "timestamp with time zone"),
    ("truncate_date", "date"),
    ("truncate_date", "timestamp with time zone"),
    ({"kind": "truncate_date", "to": "hour"}, "time with time zone"),
    ("text", "text"),
    ({"kind": "json", "paths": {"$.a[*].b": "text", "$.c": "date_shift", "$.d": "number"}}, "json"),
    ({"kind": "json", "paths": {"$.a[*].b": "text", "$.c.d": "date_shift"}, "rest": "keep"}, "jsonb"),
    ({"kind": "array", "element": "number"}, "integer[]"),
    ({"kind": "bytes", "content": "png"}, "bytea"),
]


@pytest.fixture(scope="module")
def masks(cluster: Cluster) -> Iterator[Masks]:
    with psycopg.connect(cluster.conninfo("postgres"), autocommit=True) as connection:
        yield Masks(connection)


@pytest.mark.parametrize(("mask", "type_name"), EVERY_MASK)
def test_expressions_call_built_in_functions_alone(mask: Any, type_name: str) -> None:
    called = set()

    class Calls(Visitor):
        def visit_FuncCall(self, _: Any, node: FuncCall) -> None:  # noqa: N802
            called.add(str(node.funcname[0].sval) if node.funcname else None)

    Calls()(parse_sql(f"SELECT {expression(Mask.of(mask), fit_of(type_name))} FROM f"))
    assert called <= {"pg_catalog"}


@pytest.mark.parametrize(("mask", "type_name"), EVERY_MASK)
def test_null_stays_null_and_the_type_is_that_of_the_column(masks: Masks, mask: Any, type_name: str) -> None:
    base_type = fit_of(type_name).base_type
    found = masks.row(
        mask,
        type_name,
        f"SELECT {{mask}} IS NULL, pg_typeof({{mask}})::text, pg_typeof(x)::text"
        f" FROM (SELECT NULL::{base_type} AS x, 'me'::text AS by OFFSET 0) AS f",
    )
    assert found == (True, base_type, base_type)


def test_every_kind_is_tried(masks: Masks) -> None:
    assert KINDS - {Mask.of(mask).kind for mask, _ in EVERY_MASK} == {"geometry"}
    assert registry.kinds().keys() >= KINDS
    assert masks("keep", "integer", ["1"]) == masks("shuffle", "integer", ["1"]) == ["1"]


def test_null_is_no_value_where_one_must_be(masks: Masks) -> None:
    assert masks("null", "text", ["a", None]) == [None, None]
    assert "NOT NULL" in refusal("null", "text", not_null=True)
    assert is_injective("null", "text")
    assert not is_injective("null", "text", not_null=True)


@pytest.mark.parametrize(
    ("value", "type_name", "stored"),
    [
        ("it's \\ 100%", "text", "it's \\ 100%"),
        (True, "boolean", "true"),
        (True, "jsonb", "true"),
        ("a", "json", '"a"'),
        (12.5, "numeric(5,2)", "12.50"),
        (-7, "smallint", "-7"),
        ("NaN", "real", "NaN"),
        ("1999-12-31", "date", "1999-12-31"),
        ("{1,2}", "integer[]", "{1,2}"),
        ("127.0.0.1/8", "inet", "127.0.0.1/8"),
    ],
)
def test_a_constant_takes_the_place_of_every_value(masks: Masks, value: Any, type_name: str, stored: str) -> None:
    mask = {"kind": "constant", "value": value}
    assert masks({"kind": "constant", "value": value}, type_name, [stored, None]) == [stored, None]
    assert not is_injective(mask, type_name)


@pytest.mark.parametrize(
    ("value", "type_name", "reason"),
    [
        ("four", "character varying(3)", "4 characters do not fit"),
        ("ü" * 40, "name", "80 octets"),
        ("four", "integer", "takes a number"),
        (4.5, "integer", "whole number"),
        (40_000, "smallint", "outside of smallint"),
        (1000, "numeric(5,2)", "does not fit"),
        ("NaN", "bigint", "finite"),
        ("maybe", "boolean", "true or false"),
    ],
)
def test_a_constant_that_the_type_has_not_is_refused(value: Any, type_name: str, reason: str) -> None:
    assert reason in refusal({"kind": "constant", "value": value}, type_name)


def test_an_expression_is_taken_as_it_is(masks: Masks) -> None:
    assert masks({"sql": "f.by || '!' -- and so on"}, "text", ["a", None], by=["me", "you"]) == ["me!", "you!"]
    assert masks({"sql": "coalesce(x, 'nothing')"}, "text", ["a", None]) == ["a", "nothing"]


def test_octets_become_a_picture_that_can_be_read(masks: Masks) -> None:
    picture = _octets(masks, "png")
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, rest = {}, picture[8:]
    while rest:
        (length,), name = struct.unpack(">I", rest[:4]), rest[4:8]
        data, (checksum,), rest = rest[8 : 8 + length], struct.unpack(">I", rest[8 + length :][:4]), rest[12 + length :]
        assert checksum == zlib.crc32(name + data)
        chunks[name] = data
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    assert struct.unpack(">II", chunks[b"IHDR"][:8]) == (1, 1)
    assert len(zlib.decompress(chunks[b"IDAT"])) == 2


def test_octets_become_a_document_that_can_be_read(masks: Masks) -> None:
    document = _octets(masks, "pdf")
    assert document.startswith(b"%PDF-1.4\n")
    assert document.endswith(b"%%EOF\n")
    table = int(document.split(b"startxref\n")[1].split(b"\n")[0])
    head, size, free, *entries = document[table:].split(b"trailer")[0].splitlines()
    assert (head, size, free) == (b"xref", b"0 4", b"0000000000 65535 f ")
    for number, entry in enumerate(entries, start=1):
        assert len(entry) == 19
        assert document[int(entry[:10]) :].startswith(b"%d 0 obj\n" % number)
    assert b"/Root 1 0 R" in document


def test_octets_become_none(masks: Masks) -> None:
    assert masks({"kind": "bytes"}, "bytea", ["\\xff", "\\x", None]) == ["\\x", "\\x", None]


def _octets(masks: Masks, content: str) -> bytes:
    (text,) = masks({"kind": "bytes", "content": content}, "bytea", ["\\x00"])
    return bytes.fromhex(text[2:])


@pytest.fixture(scope="module")
def maps(cluster: Cluster) -> Iterator[Masks]:
    with new_database(cluster) as connection:
        found = connection.execute("SELECT FROM pg_available_extensions WHERE name = 'postgis'").fetchone()
        if found is None:
            pytest.skip("this server has no PostGIS: install postgresql-NN-postgis-3")
        connection.execute('CREATE SCHEMA "My maps"; CREATE EXTENSION postgis SCHEMA "My maps"')
        yield Masks(connection)


def _boxes(maps: Masks, type_name: str, shapes: list[str]) -> list[str]:
    at = '"My maps".'
    column = f"{at}{type_name}"
    found = maps("geometry", column, shapes)
    named = maps.connection.execute(
        f"SELECT array_agg({at}ST_AsEWKT(v::{column}::{at}geometry) ORDER BY n)"
        " FROM unnest(%s::text[]) WITH ORDINALITY AS u (v, n)",
        [found],
    ).fetchone()
    assert named is not None
    return list(named[0])


@pytest.mark.parametrize(
    ("type_name", "shape", "box"),
    [
        ("geometry", "POLYGON((0 0,1 0,1 3,0 0))", "POLYGON((0 0,0 3,1 3,1 0,0 0))"),
        ("geometry", "LINESTRING Z(0 0 5,1 1 5,2 0 5)", "POLYGON((0 0,0 1,2 1,2 0,0 0))"),
        ("geometry", "SRID=4326;POINT(8.5432 47.1234)", "SRID=4326;POINT(8.5 47.1)"),
        ("geometry", "SRID=3857;POINT(951000.5 5970123)", "SRID=3857;POINT(950000 5970000)"),
        ("geometry", "GEOMETRYCOLLECTION EMPTY", "GEOMETRYCOLLECTION EMPTY"),
        ("geometry(Geometry,4326)", "SRID=4326;MULTIPOINT(1 1,2 2)", "SRID=4326;POLYGON((1 1,1 2,2 2,2 1,1 1))"),
        ("geometry(Point,4326)", "SRID=4326;POINT EMPTY", "SRID=4326;POINT EMPTY"),
        ("geometry(PointZ)", "POINT Z(8.5432 47.1234 400)", "POINT(8.5 47.1 0)"),
        ("geometry(LineString)", "LINESTRING(0 0,1 5,2 0)", "LINESTRING(0 0,2 5)"),
        ("geometry(Polygon)", "POLYGON((0 0,1 0,2 0,0 0))", "POLYGON((0 0,0 0,2 0,2 0,0 0))"),
        ("geometry(MultiPoint)", "MULTIPOINT(1.11 1,2 2)", "MULTIPOINT(1.1 1)"),
        (
            "geometry(MultiLineStringM)",
            "MULTILINESTRING M((0 0 1,1 1 2),(4 4 3,5 9 4))",
            "MULTILINESTRINGM((0 0 0,5 9 0))",
        ),
        ("geometry(MultiPolygon)", "MULTIPOLYGON(((0 0,1 0,1 3,0 0)))", "MULTIPOLYGON(((0 0,0 3,1 3,1 0,0 0)))"),
        ("geography", "POINT(8.5432 47.1234)", "SRID=4326;POINT(8.5 47.1)"),
        ("geography(Polygon,4326)", "POLYGON((0 0,1 0,1 3,0 0))", "SRID=4326;POLYGON((0 0,0 3,1 3,1 0,0 0))"),
    ],
)
def test_a_shape_becomes_its_box(maps: Masks, type_name: str, shape: str, box: str) -> None:
    assert _boxes(maps, type_name, [shape]) == [box]


def test_a_shape_without_a_place_fails_nothing(maps: Masks) -> None:
    shapes = ["POINT(NaN NaN)", "POINT(1e308 -1e308)", "LINESTRING(NaN 1,2 3)", "CIRCULARSTRING(0 0,1 1,2 0)"]
    assert None not in _boxes(maps, "geometry", shapes)
    assert maps("geometry", '"My maps".geometry', [None]) == [None]


def test_a_column_that_holds_no_box_is_refused() -> None:
    assert "boxes for point" in refusal("geometry", "public.geometry(CurvePolygon)")
    assert refusal("geometry", "public.geometry(MultiPolygonZM,4326)") == ""
    assert "cannot serve text" in refusal("geometry", "text")
    assert not is_injective("geometry", "public.geometry")
