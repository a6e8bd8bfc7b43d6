"""PostgreSQL Anonymizer's rules become masks of ours, or are said to have no counterpart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from databases import new_database

from devdb.catalog.model import Name
from devdb.masking.labels import Label, mask_of, read_labels
from devdb.server.cluster import Cluster
from devdb.settings import KINDS
from devdb.sqltext.templates import Templates

# The provider is a library that is not to be had everywhere: this is what SECURITY LABEL FOR anon leaves behind.
LABELED = """
CREATE SCHEMA "Ware House";
CREATE TABLE "Ware House"."Person" (id integer, gone text, "E mail" text, phone text);
ALTER TABLE "Ware House"."Person" DROP COLUMN gone;
CREATE TABLE other (id integer);
SET allow_system_table_mods = on;
INSERT INTO pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label) VALUES
    ('"Ware House"."Person"'::regclass, 'pg_class'::regclass, 3, 'anon', 'MASKED WITH FUNCTION anon.fake_email()'),
    ('"Ware House"."Person"'::regclass, 'pg_class'::regclass, 2, 'anon', 'MASKED WITH VALUE NULL'),
    ('"Ware House"."Person"'::regclass, 'pg_class'::regclass, 1, 'selinux', 'system_u:object_r:sepgsql_table_t:s0'),
    ('"Ware House"."Person"'::regclass, 'pg_class'::regclass, 0, 'anon', 'TABLESAMPLE BERNOULLI(10)'),
    ('pg_monitor'::regrole, 'pg_authid'::regclass, 0, 'anon', 'MASKED');
"""


@pytest.fixture(scope="module")
def labeled(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster, LABELED) as made:
        yield made


def test_labels_of_columns_are_read_and_no_others(labeled: psycopg.Connection[Any]) -> None:
    person = Name("Ware House", "Person")
    assert read_labels(labeled, Templates()) == [
        Label(person, "E mail", "MASKED WITH FUNCTION anon.fake_email()"),
    ]


def test_who_may_do_nothing_may_read_labels(labeled: psycopg.Connection[Any]) -> None:
    labeled.execute("SET ROLE pg_monitor")
    try:
        assert len(read_labels(labeled, Templates())) == 1
    finally:
        labeled.execute("RESET ROLE")


@pytest.mark.parametrize(
    ("said", "mask"),
    [
        ("VALUE NULL", "null"),
        ("VALUE $$CONFIDENTIAL$$", "constant(value: CONFIDENTIAL)"),
        ("VALUE 'O''Hara'", "constant(value: O'Hara)"),
        ("VALUE -5", "constant(value: -5)"),
        ("VALUE 0", "constant(value: 0)"),
        ("VALUE 2.5", "constant(value: 2.5)"),
        ("VALUE FALSE", "constant(value: false)"),
        ("VALUE 'a'::text", "constant(value: a)"),
        ("FUNCTION anon.fake_email()", "email"),
        ("FUNCTION anon.pseudo_first_name(id, 'salt')", "first_name"),
        ("FUNCTION anon.dummy_last_name()", "last_name"),
        ("FUNCTION anon.random_phone('0033')", "phone"),
        ("FUNCTION anon.fake_iban()", "iban"),
        ("FUNCTION anon.partial(phone,2,$$******$$,2)", "partial(first: 2, last: 2)"),
        ("FUNCTION anon.partial(phone, 0, 'xx', 3)", "partial(last: 3, fill: x)"),
        ("FUNCTION anon.partial(phone, 0, 'xx', 0)", "redact"),
        ("FUNCTION anon.partial_email(mail)", "email"),
        ("FUNCTION anon.hash(name)", "hash"),
        ("FUNCTION anon.digest(name, 'salt', 'sha256')", "hash"),
        ("FUNCTION anon.random_hash('seed')", "hash"),
        ("FUNCTION anon.random_string(12)", "hash(length: 12)"),
        ("FUNCTION anon.noise(salary, 0.25)", "noise(percent: 25.0)"),
        ("FUNCTION anon.dnoise(born, '2 years'::interval)", "date_shift(days: 730)"),
        ("FUNCTION anon.dnoise(born, interval '10 days')", "date_shift(days: 10)"),
        ("FUNCTION anon.random_date()", "date_shift(days: 3650)"),
        ("FUNCTION anon.random_date_between('2020-01-01', now())", "date_shift(days: 3650)"),
        ("FUNCTION anon.random_int_between(1, 6)", "number(min: 1, max: 6)"),
        ("FUNCTION anon.generalize_int4range(age, 10)", "bucket(size: 10)"),
        ("FUNCTION anon.generalize_daterange(born, 'year')", "truncate_date(to: year)"),
        ("FUNCTION anon.generalize_int8range(age)", "bucket(size: 10)"),
        ("FUNCTION anon.lorem_ipsum( words := 20 )", "text"),
        ("FUNCTION anon.image_blur(photo, 4.0)", "bytes(content: png)"),
    ],
)
def test_a_rule_becomes_the_nearest_mask(said: str, mask: str) -> None:
    for text in (f"MASKED WITH {said}", f"  masked  with {said} "):
        found = mask_of(Label(Name("public", "person"), "a", text))
        assert found is not None
        assert str(found) == mask
        assert found.kind in KINDS


def test_what_is_not_masked_is_kept() -> None:
    label = Label(Name("public", "person"), "a", "NOT MASKED")
    assert label.is_unmasking
    assert str(mask_of(label)) == "keep"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MASKED",
        "MASKED WITH VALUE now()",
        "MASKED WITH VALUE 1; DROP TABLE person",
        "MASKED WITH VALUE 1, 2",
        "MASKED WITH VALUE",
        "MASKED WITH FUNCTION anon.fake_email(",
        "MASKED WITH FUNCTION anon.unheard_of()",
        "MASKED WITH FUNCTION anon.fake_unheard_of()",
        "MASKED WITH FUNCTION pg_catalog.left(name, 1)",
        "MASKED WITH FUNCTION fake_email()",
        "MASKED WITH FUNCTION anon.partial(phone)",
        "MASKED WITH FUNCTION anon.partial(phone, length(phone), '*', 0)",
        "MASKED WITH FUNCTION anon.noise(salary, 2)",
        "MASKED WITH FUNCTION anon.dnoise(born, '1 day 2 hours')",
        "MASKED WITH FUNCTION anon.generalize_daterange(born, 'decade')",
        "MASKED WITH FUNCTION anon.generalize_daterange(born)",
        "MASKED WITH FUNCTION anon.random_in(ARRAY[1, 2])",
        "QUASI IDENTIFIER",
    ],
)
def test_what_has_no_counterpart_is_none(text: str) -> None:
    assert mask_of(Label(Name("public", "person"), "a", text)) is None
