"""A sample by hash is chosen at the source, the same every time, and fair."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from linked import linked, plan, read, table

from devdb.catalog.model import Source
from devdb.sampling import hashing
from devdb.sampling.hashing import key_hash, row_hash
from devdb.server.cluster import Cluster

# Values of every type that the source can hash, such as keys hold.
VALUES = {
    "smallint": "'-32768', '0', '32767'",
    "integer": "'-2147483648', '0', '7'",
    "bigint": "'-9223372036854775808', '0', '7'",
    "text": "'', 'a', 'it''s é'",
    "character varying": "'', 'a', 'it''s é'",
    "character(3)": "'', 'a', 'é'",
    "numeric": "'NaN', '0', '-1.50', 'Infinity'",
    "uuid": "'00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'",
    "boolean": "'true', 'false'",
    "real": "'NaN', '-0', '1.5', 'Infinity'",
    "double precision": "'NaN', '-0', '1.5', '-Infinity'",
    "oid": "'0', '4294967295'",
    "name": "'', 'a', 'it''s é'",
    "inet": "'10.0.0.1', '::1/128', '10.0.0.0/8'",
    "cidr": "'10.0.0.0/8', '::/0'",
    "macaddr": "'08:00:2b:01:02:03'",
    "date": "'-infinity', 'infinity', '2000-01-01', '0001-01-01 BC', '5874897-12-31'",
    "timestamp without time zone": "'-infinity', 'infinity', '2000-01-01 12:00:00.123456', '294276-12-31 23:59:59'",
    "timestamp with time zone": "'-infinity', 'infinity', '2000-01-01 12:00:00.123456+03', '294276-12-31 23:59:59+00'",
    "time without time zone": "'00:00', '24:00'",
    "time with time zone": "'00:00+02', '24:00-12'",
    "interval": "'0', '1 month -1 day 1 s'",
    "bytea": "'', '\\x00ff'",
}

OTHERS = """
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE DOMAIN number AS integer;
CREATE COLLATION folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE by_enum (k colour PRIMARY KEY);
CREATE TABLE by_domain (k number PRIMARY KEY);
CREATE TABLE by_folding (k text COLLATE folding PRIMARY KEY);
CREATE TABLE by_two (a integer, b text, PRIMARY KEY (b, a));
CREATE TABLE by_none (a integer, f text);
INSERT INTO by_enum VALUES ('red'), ('green');
INSERT INTO by_domain VALUES (1), (2);
INSERT INTO by_folding VALUES ('ß'), ('A');
INSERT INTO by_two SELECT n, 'b' || n % 7 FROM generate_series(1, 20000) AS n;
INSERT INTO by_none SELECT n, CASE WHEN n % 2 = 0 THEN 'x' END FROM generate_series(1, 20000) AS n;
CREATE TABLE by_integer (k integer PRIMARY KEY);
INSERT INTO by_integer SELECT n FROM generate_series(1, 20000) AS n;
CREATE TABLE by_bigint (k bigint PRIMARY KEY);
INSERT INTO by_bigint SELECT k FROM by_integer;
CREATE TABLE by_uuid (k uuid PRIMARY KEY);
INSERT INTO by_uuid SELECT md5(n::text)::uuid FROM generate_series(1, 20000) AS n;
CREATE TABLE when_what (at timestamptz, day date, what integer, word text, PRIMARY KEY (at, day, what));
INSERT INTO when_what VALUES ('infinity', '-infinity', 1, 'a'), ('2000-01-01 00:00+00', '2000-01-01', 2, 'b');
"""

SENT = ["by_integer", "by_bigint", "by_uuid", "by_two", "by_domain", *(f"of {name}" for name in VALUES)]
FAIR = ["by_integer", "by_uuid", "by_two", "by_none"]


@pytest.fixture(scope="module")
def there(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    text = OTHERS
    for name, values in VALUES.items():
        text += f'CREATE TABLE "of {name}" (k {name} PRIMARY KEY);\n'
        text += f'INSERT INTO "of {name}" SELECT v::{name} FROM unnest(ARRAY[{values}]) AS v;\n'
    # As the import does with keys: comparisons of a domain are not sent.
    text_after = "ALTER FOREIGN TABLE prod_public.by_domain ALTER COLUMN k TYPE integer"
    with linked(cluster, text) as made:
        made.execute(text_after)
        yield made


@pytest.fixture(scope="module")
def source(there: psycopg.Connection[Any]) -> Source:
    return read(there)


def hashes(connection: psycopg.Connection[Any], source: Source, name: str, *, seed: int = 0) -> dict[str, int]:
    """The hash of every row, by the text of its key."""
    known = table(source, name)
    shown = ", ".join(known.primary_key or ("a",))
    query = f"SELECT concat_ws(',', {shown}), {row_hash(known, seed, 'f')} FROM {known.name.sql} AS f"
    return dict(connection.execute(query.encode()).fetchall())


def test_every_type_with_a_function_of_its_own_is_tried() -> None:
    named = {"character(3)": "bpchar"}
    assert {named.get(name, name) for name in VALUES} == set(hashing._FUNCTIONS)


@pytest.mark.parametrize("name", SENT)
def test_a_share_is_chosen_at_the_source(there: psycopg.Connection[Any], source: Source, name: str) -> None:
    hashed = row_hash(table(source, name), 42, "f")
    remote, whole = plan(there, f'SELECT * FROM prod_public."{name}" AS f WHERE {hashed} & 7 < 3')
    assert "WHERE" in remote
    assert "Filter" not in whole


@pytest.mark.parametrize("name", SENT)
def test_the_first_by_hash_are_chosen_at_the_source(there: psycopg.Connection[Any], source: Source, name: str) -> None:
    hashed = row_hash(table(source, name), -42, "f")
    remote, whole = plan(there, f'SELECT * FROM prod_public."{name}" AS f ORDER BY {hashed} LIMIT 3')
    assert "ORDER BY" in remote
    assert "LIMIT 3" in remote
    assert "Sort" not in whole


@pytest.mark.parametrize("name", [*SENT, "by_enum", "by_folding", "by_none"])
def test_both_sides_agree_on_the_hash(there: psycopg.Connection[Any], source: Source, name: str) -> None:
    hashed = row_hash(table(source, name), 7, "f")

    def of(schema: str) -> list[tuple[Any, ...]]:
        query = f'SELECT {hashed} FROM {schema}."{name}" AS f ORDER BY 1'
        return there.execute(query.encode()).fetchall()

    assert of("prod_public") == of("public")


@pytest.mark.parametrize("seed", [-(2**63), 2**63 - 1])
def test_any_seed_will_do(there: psycopg.Connection[Any], source: Source, seed: int) -> None:
    assert len(hashes(there, source, "by_uuid", seed=seed)) == 20000


@pytest.mark.parametrize("name", [f"of {name}" for name in VALUES])
def test_no_value_of_a_key_is_too_odd_to_hash(there: psycopg.Connection[Any], source: Source, name: str) -> None:
    found = hashes(there, source, name)
    assert len(found) == VALUES[name.removeprefix("of ")].count("', '") + 1
    assert None not in found.values()


def test_a_key_that_grows_from_integer_to_bigint_keeps_its_sample(
    there: psycopg.Connection[Any], source: Source
) -> None:
    assert hashes(there, source, "by_integer") == hashes(there, source, "by_bigint")


def test_a_seed_changes_the_order(there: psycopg.Connection[Any], source: Source) -> None:
    def ordered(seed: int) -> list[str]:
        found = hashes(there, source, "by_integer", seed=seed)
        return sorted(found, key=found.__getitem__)

    assert ordered(1) == ordered(1)
    assert len(set(ordered(1)[:2000]) & set(ordered(2)[:2000])) < 400


@pytest.mark.parametrize("name", FAIR)
@pytest.mark.parametrize("percent", [1, 10, 50])
def test_a_share_is_about_as_large_as_asked_for(
    there: psycopg.Connection[Any], source: Source, name: str, percent: float
) -> None:
    found = [hashed & (2**63 - 1) for hashed in hashes(there, source, name).values()]
    share = sum(hashed < 2**63 * percent / 100 for hashed in found)
    expected = len(found) * percent / 100
    # Five standard deviations; the values are always the same.
    assert abs(share - expected) < 5 * (expected * (1 - percent / 100)) ** 0.5


def test_every_column_of_a_composite_key_counts(there: psycopg.Connection[Any], source: Source) -> None:
    assert len(set(hashes(there, source, "by_two").values())) == 20000


def test_a_whole_key_is_hashed_over_what_hashes_alike_everywhere(
    there: psycopg.Connection[Any], source: Source
) -> None:
    columns = table(source, "when_what").columns
    names = [f"f.{column.name}" for column in columns]
    hashed = key_hash(columns, names)
    assert hashed is not None
    assert "word" not in hashed
    query = f"SELECT * FROM prod_public.when_what AS f WHERE {hashed} = ANY (ARRAY(SELECT 1::bigint))"
    remote, whole = plan(there, query)
    assert "hash" in remote
    assert "Filter" not in whole
    count = there.execute(f"SELECT count(DISTINCT {hashed}) FROM when_what AS f".encode()).fetchone()
    assert count == (2,)


def test_a_hash_of_one_column_says_no_more_than_the_column(source: Source) -> None:
    columns = table(source, "when_what").columns
    assert key_hash(columns[2:], ["f.what", "f.word"]) is None
