"""What a peer brought: the rows that were asked for or others, and what it left undone."""

from __future__ import annotations

from collections import Counter

from bench.peers.peer import Errand

# Objects of a database beside its tables, one a line: kind, tab, name.
_OBJECTS = """
SELECT 'key' || E'\\t' || conrelid::regclass || '.' || conname
FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f')
UNION ALL
SELECT 'index' || E'\\t' || indexrelid::regclass
FROM pg_index
JOIN pg_class AS c ON c.oid = indrelid
WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'trigger' || E'\\t' || tgname FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'identity' || E'\\t' || attrelid::regclass || '.' || attname
FROM pg_attribute
WHERE attidentity <> ''
"""
_PLURALS = {"key": "keys", "index": "indexes", "trigger": "triggers", "identity": "identities"}

# Sequences of identity columns, each with the query that says whether the next value is one that a row has.
_BEHIND = """
SELECT format(
    'SELECT (SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM %s) < (SELECT max(%I) FROM %s)',
    pg_get_serial_sequence(attrelid::regclass::text, attname), attname, attrelid::regclass)
FROM pg_attribute
WHERE attidentity <> '' AND attrelid::regclass::text = ANY ('{{{tables}}}')
"""


def rows_brought(errand: Errand) -> tuple[int, str]:
    """How many rows the target holds, and "right", or by table what is wrong with them."""
    total, wrong = 0, []
    for table, query in errand.sample.queries.items():
        summed = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM ({}) AS t"
        expected = errand.place.run(errand.source, summed.format(query)).split("|")
        found = errand.place.run(errand.target, summed.format(f"SELECT * FROM {table}")).split("|")
        total += int(found[0])
        if found != expected:
            name, rows, wanted = table.removeprefix("public."), int(found[0]), int(expected[0])
            wrong.append(f"{name} {rows:,} for {wanted:,}" if rows != wanted else f"{name} has other values")
    return total, f"wrong: {', '.join(wrong)}" if wrong else "right"


def left_undone(errand: Errand) -> list[str]:
    """What the target lacks of the source, beside rows."""
    place = errand.place
    missing = Counter(_objects(errand, errand.source)) - Counter(_objects(errand, errand.target))
    kinds = Counter(line.split("\t")[0] for line in missing)
    found = [f"{count} {kind if count == 1 else _PLURALS[kind]} missing" for kind, count in kinds.items()]
    tables = ",".join(table.removeprefix("public.") for table in errand.sample.queries)
    questions = place.run(errand.target, _BEHIND.format(tables=tables)).splitlines()
    behind = sum(place.run(errand.target, question) == "t" for question in questions)
    if behind:
        found.append(f"{behind} of {len(questions)} identity sequences behind their rows")
    schemas = place.run(
        errand.target, "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_|public$)'"
    )
    return found + [f"left a schema {schema}" for schema in schemas.split()]


def _objects(errand: Errand, dbname: str) -> list[str]:
    return errand.place.run(dbname, _OBJECTS).splitlines()
