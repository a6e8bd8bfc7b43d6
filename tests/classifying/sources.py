"""A source with values of many languages, made by Faker, and with values that only look like something."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
from faker import Faker
from psycopg import sql

ROWS = 60
Values = Callable[[Faker, random.Random], object]

# By table: the locale of its values, and of each column the type, a value, and what is to be proposed of it.
TABLES: Mapping[str, tuple[str, Mapping[str, tuple[str, Values, str, object]]]] = {
    "kunde": (
        "de_DE",
        {
            "id": ("bigint PRIMARY KEY", lambda f, _r: f.unique.random_int(), "internal", None),
            "Vorname": ("text", lambda f, _r: f.first_name(), "confidential", "first_name"),
            "Nachname": ("varchar(80)", lambda f, _r: f.last_name(), "confidential", "last_name"),
            "E-Mail": ("text UNIQUE", lambda f, _r: f.unique.email(), "confidential", "email"),
            "Geburtsdatum": (
                "date",
                lambda f, _r: f.date_of_birth(),
                "confidential",
                {"kind": "date_shift", "by": "id"},
            ),
            "Straße": ("text", lambda f, _r: f.street_address(), "confidential", "street"),
            "Kontoverbindung": ("text", lambda f, _r: f.iban(), "confidential", "iban"),
            "Bemerkung": ("text", lambda f, _r: f.sentence(12), "confidential", "text"),
            "Anrede": ("char(4)", lambda _f, r: r.choice(["Herr", "Frau"]), "confidential", "shuffle"),
            "Kürzel": ("char(2)", lambda _f, r: r.choice(["AB", "XY"]), "internal", None),
            "Kreditrahmen": ("numeric(12,2)", lambda _f, r: r.randrange(10**6), "internal", None),
        },
    ),
    "personne": (
        "fr_FR",
        {
            "prenom": ("text", lambda f, _r: f.first_name(), "confidential", "first_name"),
            "nom": ("text", lambda f, _r: f.last_name(), "confidential", "full_name"),
            "courriel": ("text", lambda f, _r: f.email(), "confidential", "email"),
            "numero_secu": ("text", lambda f, _r: f.ssn(), "confidential", "pattern"),
            "ville": ("text", lambda f, _r: f.city(), "confidential", "city"),
            "cree_le": ("timestamptz", lambda f, _r: f.date_time(), "internal", None),
        },
    ),
    "empleado": (
        "es_ES",
        {
            "apellidos": ("text", lambda f, _r: f.last_name(), "confidential", "last_name"),
            "telefono": ("text", lambda f, _r: f.phone_number(), "confidential", "phone"),
            "salario": ("integer", lambda _f, r: r.randrange(1000, 9000), "confidential", "noise"),
        },
    ),
    "persona": (
        "it_IT",
        {
            "cognome": ("text", lambda f, _r: f.last_name(), "confidential", "last_name"),
            "x": ("text", lambda f, _r: f.ssn(), "confidential", "pattern"),
        },
    ),
    "osoba": ("pl_PL", {"numer": ("text", lambda f, _r: f.ssn(), "confidential", "pattern")}),
    "klant": (
        "nl_NL",
        {
            "nr": ("integer PRIMARY KEY", lambda f, _r: f.unique.random_int(), "internal", None),
            "code": ("text", lambda f, _r: f.ssn(), "confidential", "pattern"),
        },
    ),
    # Names that tell nothing.
    "misc": (
        "en_US",
        {
            "c1": ("text", lambda f, _r: f.email(), "confidential", "email"),
            "c2": ("text", lambda f, _r: f.name(), "confidential", "full_name"),
            "c3": ("text", lambda f, _r: f.iban(), "confidential", "iban"),
            "c4": ("text", lambda _f, r: f"+49 30 {r.randrange(10**6, 10**7)}", "confidential", "phone"),
            "c5": ("text", lambda f, _r: f.credit_card_number("visa"), "confidential", "credit_card"),
            "c6": ("bigint", lambda f, _r: int(f.credit_card_number("visa16")), "confidential", "number"),
            "c7": ("text", lambda f, _r: f.ipv4_public(), "confidential", "ip"),
            "c8": ("text", lambda f, _r: f.paragraph(), "confidential", "text"),
            "c9": ("text", lambda f, _r: f"$2b$12${f.sha256()[:53]}", "secret", "hash"),
            "c10": ("text", lambda f, _r: f"https://example.org/{f.slug()}", "confidential", "url"),
            "c11": (
                "text[]",
                lambda f, _r: [f.email(), f.email()],
                "confidential",
                {"kind": "array", "element": "email"},
            ),
            "c12": ("text", lambda f, _r: f.mac_address(), "confidential", "mac"),
            "status": ("text", lambda f, _r: f.email(), "confidential", "email"),
            "c13": (
                "jsonb",
                lambda f, r: json.dumps({"a": {"b": f.email()}, "n": r.random(), "l": [{"k": f.name()}], "s": "ok"}),
                "confidential",
                {
                    "kind": "json",
                    "paths": {"$.a.b": "email", "$.l[*].k": "full_name", "$.n": "keep", "$.s": "keep"},
                },
            ),
            "c14": ("text", lambda f, _r: f"Call {f.name()} about it", "confidential", "text"),
        },
    ),
    # What only looks like something.
    "product": (
        "en_US",
        {
            "name": ("text", lambda f, r: f"{f.color_name()} {r.choice(['chair', 'lamp', 'desk'])}", "internal", None),
            "email_sent_at": ("timestamptz", lambda f, _r: f.date_time(), "internal", None),
            "ip_count": ("integer", lambda _f, r: r.randrange(9), "internal", None),
            "phone_type": ("text", lambda _f, r: r.choice(["home", "work"]), "internal", None),
            "article": ("bigint", lambda _f, r: r.randrange(10**11, 10**12), "internal", None),
            "lot": ("text", lambda _f, r: str(r.randrange(10**9, 10**10)), "internal", None),
            "barcode": ("text", lambda f, _r: f.ean13(), "internal", None),
            "book": ("text", lambda f, _r: f.isbn13(), "internal", None),
            "release": (
                "text",
                lambda _f, r: f"{r.randrange(9)}.{r.randrange(20)}.{r.randrange(20)}.1",
                "internal",
                None,
            ),
            "colour": ("text", lambda _f, r: r.choice(["Rose", "Jade", "Amber", "Grant"]), "internal", None),
            "select": ("text", lambda _f, r: r.choice(["yes", "no"]), "internal", None),
            'odd ".%s {x}': ("text", lambda _f, r: f"X-{r.randrange(10**4):04}", "internal", None),
            "dims": ("jsonb", lambda _f, r: json.dumps({"w": r.random(), "unit": "mm"}), "internal", None),
            "uid": ("text", lambda f, _r: f.uuid4(), "internal", None),
        },
    ),
    # Documents that do not agree on what is where.
    "mixed": (
        "en_US",
        {
            "odd": (
                "jsonb",
                lambda f, r: r.choice(['{"a": null}', '{"a": 1}', json.dumps({"a": {"b": f.email()}, "c": {"d": 1}})]),
                "confidential",
                {"kind": "json", "paths": {"$.a": "null", "$.c.d": "keep"}},
            ),
            "born": (
                "jsonb",
                lambda f, _r: json.dumps({"birth_date": str(f.date_of_birth())}),
                "confidential",
                {"kind": "json", "paths": {"$.birth_date": "date_shift"}},
            ),
        },
    ),
    # Documents whose keys are values.
    "inbox": (
        "en_US",
        {"by_address": ("jsonb", lambda f, _r: json.dumps({f.email(): 1}), "confidential", "null")},
    ),
}


def fill(connection: psycopg.Connection[Any]) -> list[str]:
    """Make the tables in the schema crm; returns every text that stands in them and is long enough to be found."""
    connection.execute("CREATE SCHEMA crm")
    shown: list[str] = []
    for name, (locale, columns) in TABLES.items():
        definitions = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(of[0]))  # type: ignore[arg-type]
            for column, of in columns.items()
        )
        connection.execute(sql.SQL("CREATE TABLE crm.{} ({})").format(sql.Identifier(name), definitions))
        rows = _rows(locale, list(columns.values()))
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        with connection.cursor().copy(
            sql.SQL("COPY crm.{} ({}) FROM STDIN").format(sql.Identifier(name), names)
        ) as copy:
            for row in rows:
                copy.write_row(row)
        shown += [str(value) for row in rows for value in row if isinstance(value, str) and len(value) > 5]
    connection.execute("ANALYZE")
    return shown


def _rows(locale: str, columns: Sequence[tuple[str, Values, str, object]]) -> list[list[object]]:
    faker, chance = Faker(locale), random.Random(7)
    faker.seed_instance(7)
    return [[value(faker, chance) for _, value, _, _ in columns] for _ in range(ROWS)]
