"""One table with a column for every kind of mask: both readers make the same of it, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from both import READERS, Both, both
from databases import connect

from devdb.server.cluster import Cluster
from devdb.settings.mask import KINDS

# Kind: type, SQL of a value by n, the mask if it needs options, and whether a value may come out as it went in.
COLUMNS: dict[str, tuple[str, str, str, bool]] = {
    "null": ("text", "'nothing ' || n", "'null'", False),
    "constant": ("text", "'secret ' || n", "{kind: constant, value: gone}", False),
    "keep": ("int", "n", "keep", True),
    "hash": ("text", "'hashed ' || n", "hash", False),
    "redact": ("text", "'Red-' || n || ' é'", "redact", False),
    "partial": ("text", "'partial' || n", "{kind: partial, first: 2}", False),
    "pattern": ("varchar(20)", "'AB-' || 1000 + n || '/x'", "pattern", True),
    "first_name": ("text", "'Firsty' || n", "first_name", False),
    "last_name": ("text", "'Lasty' || n", "last_name", False),
    "full_name": ("text", "'Firsty Lasty' || n", "full_name", False),
    "company": ("text", "'Company ' || n", "company", False),
    "street": ("text", "'Street ' || n", "street", False),
    "city": ("text", "'City ' || n", "city", False),
    "postal_code": ("text", "lpad(n::text, 5, '0')", "postal_code", True),
    "country": ("text", "'Country ' || n", "country", False),
    "phone": ("text", "'+49 171 ' || 1000000 + n", "phone", True),
    "email": ("varchar(60) UNIQUE", "'p' || n || '@real.test'", "email", False),
    "username": ("text UNIQUE", "'user' || n", "username", False),
    "url": ("text", "'https://real.test/' || n", "url", False),
    "ip": ("inet", "inet '192.0.2.1' + n", "ip", False),
    "mac": ("macaddr", "('08:00:2b:01:02:' || lpad(to_hex(n % 256), 2, '0'))::macaddr", "mac", True),
    "uuid": ("uuid", "md5(n::text)::uuid", "uuid", False),
    "iban": ("text", "'DE89370400440532013000'", "iban", False),
    "credit_card": ("text", "'4111 1111 1111 1111'", "credit_card", False),
    "date_shift": ("date", "date '1980-01-01' + n", "{kind: date_shift, by: id}", False),
    "truncate_date": ("timestamptz", "timestamptz '2024-05-17 10:11+02' + n * interval '1 d'", "truncate_date", True),
    "noise": ("numeric(10,2)", "1000.55 + n", "noise", True),
    "bucket": ("int", "n * 7 + 1000", "{kind: bucket, size: 100}", True),
    "number": ("bigint", "n + 100000", "number", False),
    "shuffle": ("text", "'shuffled ' || n", "shuffle", True),
    "text": ("text", "'What nobody is to read, number ' || n", "text", False),
    "json": ("jsonb", "jsonb_build_object('mail', 'p' || n || '@real.test', 'ok', n)",
             '{kind: json, paths: {$.mail: email, $.ok: keep}}', False),
    "array": ("text[]", "ARRAY['first ' || n, NULL, 'third']", "{kind: array, element: hash}", False),
    "bytes": ("bytea", "convert_to('octets ' || n, 'UTF8')", "{kind: bytes, content: png}", False),
    "sql": ("text", "'expression ' || n", '{sql: "md5(sql || id::text) -- with an end"}', False),
}  # fmt: skip
ROWS = 40


def ident(kind: str) -> str:
    return f'"{kind}"'


def source() -> str:
    columns = ", ".join(f"{ident(kind)} {type_}" for kind, (type_, *_) in COLUMNS.items())
    values = ", ".join(f"CASE WHEN n % 5 > 0 THEN {value} END" for _, value, *_ in COLUMNS.values())
    return f"""
        CREATE TABLE every (id int PRIMARY KEY, {columns}, twice text GENERATED ALWAYS AS ("email" || '!') STORED);
        INSERT INTO every SELECT n, {values} FROM generate_series(1, {ROWS}) AS n;
        CREATE MATERIALIZED VIEW seen AS SELECT "email", "phone" FROM every;
    """


@pytest.fixture(scope="module")
def every(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with both(cluster, tmp_path_factory.mktemp("every"), source()) as made:
        yield made


def test_every_kind_is_here_but_for_geometries_which_need_postgis() -> None:
    assert set(KINDS) - set(COLUMNS) == {"geometry"}


def test_both_readers_mask_alike_and_leave_nothing(every: Both) -> None:
    masks = "\n".join(f"    public.every.{kind}: {mask}" for kind, (_, _, mask, _) in COLUMNS.items())
    settings = f"masking:\n  locale: de_DE\n  columns:\n{masks}\nclassification: {{columns: {{'*.*.id': public}}}}\n"
    every.build(settings)
    nulls = ", ".join(f"count({ident(kind)})" for kind in COLUMNS if kind != "null")
    expected = every.source.execute(f"SELECT {nulls} FROM every".encode()).fetchone()
    for reader in READERS:
        with connect(every.cluster, f"dev_{reader}") as dev:
            assert dev.execute(f"SELECT {nulls} FROM every".encode()).fetchone() == expected
            assert dev.execute("SELECT count(*) FROM every WHERE twice IS DISTINCT FROM email || '!'").fetchone() == (
                0,
            )
            assert dev.execute('SELECT count("null") FROM every').fetchone() == (0,)
            assert dev.execute("SELECT count(email) FROM seen").fetchone() == (ROWS * 4 // 5,)
            for kind, (_, _, _, may_stay) in COLUMNS.items():
                query = f"SELECT id, {ident(kind)}::text FROM every WHERE {ident(kind)} IS NOT NULL".encode()
                if not may_stay:
                    assert not set(dev.execute(query)) & set(every.source.execute(query)), kind
