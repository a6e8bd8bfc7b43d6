"""A source with personal data, and a dev database made from it by hand, in which tests plant leaks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from databases import new_database

from devdb.catalog import source as catalog
from devdb.catalog.model import Column, Name, Source, Table
from devdb.leakcheck import check as checking
from devdb.leakcheck.check import Report
from devdb.server.cluster import Cluster
from devdb.settings.mask import Mask
from devdb.sqltext.templates import Templates

SCHEMA = r"""
CREATE TYPE address AS (street text, mail text);
CREATE TABLE city (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE person (
    id int PRIMARY KEY, email text, phone text, city text, secret_number bigint, born date, is_admin boolean,
    nested jsonb, tags text[], home address, host inet, badge uuid, photo bytea
);
CREATE TABLE note (id int PRIMARY KEY, person_id int, body text, doc jsonb, tags text[], place address, raw bytea);
CREATE TABLE "Empty" (a text);
CREATE MATERIALIZED VIEW mails AS SELECT id, email FROM person;
"""
ROWS = r"""
INSERT INTO city SELECT n, 'Stadt am Fluss Nr. ' || n FROM generate_series(1, 40) AS n;
INSERT INTO person
SELECT
    n,
    'Anna.Nr' || n || '@firma-' || n % 7 || '.de',
    '+49 170 ' || 1000000 + n * 7919,
    'Stadt am Fluss Nr. ' || 1 + n % 40,
    9000000000 + n * 1234567::bigint,
    date '1970-01-01' + n,
    n % 2 = 0,
    jsonb_build_object('mail', 'json' || n || '@"x\y".example', 'n', n),
    ARRAY['tag"' || n || '\ with, comma', NULL],
    ROW('Lange Straße ' || n || ', Hinterhaus', 'home' || n || '@x.de')::address,
    ('10.1.' || n % 200 || '.' || n % 250)::inet,
    md5('badge' || n)::uuid,
    decode(repeat(md5('photo' || n), 4), 'hex')
FROM generate_series(1, 150) AS n;
INSERT INTO note
SELECT n, n, 'nothing to see here, number ' || n, '{}', '{}', NULL, NULL FROM generate_series(1, 50) AS n;
REFRESH MATERIALIZED VIEW mails;
"""
# What a run would have made of it.
MASKING = r"""
UPDATE person SET
    email = 'user' || md5(id::text) || '@example.com',
    phone = '+00 ' || md5(id::text),
    city = 'Somewhere',
    secret_number = id,
    nested = '{}',
    tags = '{}',
    home = NULL,
    host = '192.0.2.1',
    badge = md5('x' || id)::uuid,
    photo = '';
REFRESH MATERIALIZED VIEW mails;
"""
MASKS: Mapping[str, Any] = {
    "email": "email",
    "phone": "redact",
    "city": "city",
    "secret_number": "hash",
    "born": {"kind": "date_shift"},
    "is_admin": "null",
    "nested": "null",
    "tags": "null",
    "home": "null",
    "host": {"kind": "constant", "value": "192.0.2.1"},
    "badge": "uuid",
    "photo": "bytes",
}


class Heard:
    """A reporter that keeps what it was told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def step(self, title: str) -> None:
        self.lines.append(title)

    def note(self, text: str) -> None:
        self.lines.append(text)

    def warning(self, text: str) -> None:
        self.lines.append(text)

    def detail(self, text: str, *, level: int) -> None:
        self.lines.append(f"{level} {text}")


class Leaking:
    """The two databases, and the check of one against the other."""

    def __init__(self, source: psycopg.Connection[Any], dev: psycopg.Connection[Any]) -> None:
        self.source = source
        self.dev = dev
        self.templates = Templates()
        self.heard = Heard()
        self.masks: Mapping[str, Any] = MASKS

    def catalog(self) -> Source:
        database = catalog.read_database(self.source, self.templates)
        return catalog.read(self.source, self.templates, database=database, schemas=None)

    def columns(self, described: Source) -> list[tuple[Table, Column, Mask]]:
        person = next(table for table in described.tables if table.name == Name("public", "person"))
        return [(person, person.column[name], Mask.of(mask)) for name, mask in self.masks.items()]

    def check(self, *files: Path, described: Source | None = None, **options: Any) -> Report:
        described = described or self.catalog()
        return checking.check(
            self.source,
            self.dev,
            files,
            self.columns(described),
            catalog=described,
            templates=self.templates,
            report=self.heard,
            **options,
        )

    def raw(self, expression: str, *, id: int = 17) -> str:
        """A raw value of the person with this id."""
        row = self.source.execute(f"SELECT ({expression})::text FROM person WHERE id = {id}").fetchone()
        assert row is not None
        return str(row[0])


@contextlib.contextmanager
def leaking(cluster: Cluster, *, schema: str = SCHEMA, rows: str = ROWS, masking: str = MASKING) -> Iterator[Leaking]:
    with new_database(cluster, schema + rows) as source, new_database(cluster, schema + rows + masking) as dev:
        yield Leaking(source, dev)


def found(report: Report, place: str | None = None) -> set[tuple[str, str]]:
    """Leaks (of one file) as where they were found, and of which column of person."""
    return {
        (leak.where.partition(": ")[2], leak.of.removeprefix("public.person."))
        for leak in report.leaks
        if place is None or leak.place == place
    }


def all_text(report: Report, heard: Sequence[str]) -> str:
    """Everything that anybody sees of a report."""
    return "\n".join([repr(report), report.summary, *map(str, report.leaks), *report.notes, *heard])
