"""What a dev database must hold, worked out from the source alone, row by row, and not by devdb's own means."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import psycopg

Contents = dict[str, Counter[str]]

_TABLES = """
    SELECT c.oid, format('%I.%I', n.nspname, c.relname), CASE c.relkind WHEN 'r' THEN 'ONLY ' ELSE '' END
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND n.nspname !~ '^(pg_|prod_|information_schema$|fdw_setup$)'
      AND NOT EXISTS (
          SELECT FROM pg_depend AS e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'
      )
"""

_KEYS = """
    SELECT
        CASE child.relkind WHEN 'r' THEN 'ONLY ' ELSE '' END || k.conrelid::regclass,
        CASE parent.relkind WHEN 'r' THEN 'ONLY ' ELSE '' END || k.confrelid::regclass,
        (
            SELECT string_agg(
                format(
                    'p.%I OPERATOR(%I.%s) c.%I%s', p.attname, n.nspname, o.oprname, c.attname,
                    CASE WHEN p.attcollation <> 0 AND p.attcollation <> c.attcollation
                         THEN ' COLLATE ' || p.attcollation::regcollation END
                ), ' AND '
            )
            FROM unnest(k.conkey, k.confkey, k.conpfeqop) AS u (child_column, parent_column, operator)
            JOIN pg_attribute AS c ON c.attrelid = k.conrelid AND c.attnum = u.child_column
            JOIN pg_attribute AS p ON p.attrelid = k.confrelid AND p.attnum = u.parent_column
            JOIN pg_operator AS o ON o.oid = u.operator
            JOIN pg_namespace AS n ON n.oid = o.oprnamespace
        )
    FROM pg_constraint AS k
    JOIN pg_class AS child ON child.oid = k.conrelid
    JOIN pg_class AS parent ON parent.oid = k.confrelid
    WHERE k.contype = 'f' AND k.conparentid = 0
"""


def contents(connection: psycopg.Connection[Any]) -> Contents:
    """The rows of every table as text, by the table's quoted name. Rows of partitions belong to their root."""
    found: Contents = {}
    for _, name, only in connection.execute(_TABLES).fetchall():
        rows = connection.execute(f"SELECT (x.*)::text FROM {only}{name} AS x".encode())
        found[name] = Counter(text for (text,) in rows)
    return found


def closure(source: psycopg.Connection[Any], seeds: Mapping[str, str]) -> Contents:
    """The rows that fulfil the conditions `seeds`, by the table's quoted name, and all to which keys lead from them."""
    texts: dict[tuple[str, str], tuple[str, str]] = {}
    todo: list[tuple[str, str]] = []
    tables = source.execute(_TABLES).fetchall()
    assert not set(seeds) - {name for _, name, _ in tables}
    for _, name, only in tables:
        for place, item, text in source.execute(
            f"SELECT x.tableoid, x.ctid, (x.*)::text FROM {only}{name} AS x".encode()
        ):
            texts[place, item] = name, text
        if name in seeds:
            todo += source.execute(f"SELECT tableoid, ctid FROM {only}{name} WHERE {seeds[name]}".encode()).fetchall()
    parents = defaultdict(list)
    for child, parent, condition in source.execute(_KEYS).fetchall():
        pairs = f"SELECT c.tableoid, c.ctid, p.tableoid, p.ctid FROM {child} AS c JOIN {parent} AS p ON {condition}"
        for child_place, child_item, parent_place, parent_item in source.execute(pairs.encode()):
            parents[child_place, child_item].append((parent_place, parent_item))
    reached = set(todo)
    while todo:
        for row in parents[todo.pop()]:
            if row not in reached:
                reached.add(row)
                todo.append(row)
    found: Contents = {name: Counter() for _, name, _ in tables}
    for row in reached:
        name, text = texts[row]
        found[name][text] += 1
    return found


def difference(here: Contents, wanted: Contents) -> dict[str, tuple[list[str], list[str]]]:
    """By table, up to three rows too many and up to three that are missing; empty when all is as wanted."""
    found = {}
    for name in sorted(here.keys() | wanted.keys()):
        mine, theirs = here.get(name, Counter()), wanted.get(name, Counter())
        if mine != theirs:
            found[name] = (
                [text[:200] for text in list((mine - theirs).elements())[:3]],
                [text[:200] for text in list((theirs - mine).elements())[:3]],
            )
    return found


_HEADER = re.compile(r"^--\n-- Name: .*; Type: (.*); Schema: .*; Owner: .*\n--\n", re.MULTILINE)


def entries(dump: str, *, without: Collection[str] = ()) -> Counter[str]:
    """The entries of a plain dump, header and all, but for those of the kinds `without`."""
    found = list(_HEADER.finditer(dump))
    ends = [*(header.start() for header in found[1:]), dump.rfind("\n-- PostgreSQL database dump complete")]
    texts = (dump[header.start() : end].removesuffix("\n--").strip() for header, end in zip(found, ends, strict=True))
    return Counter(text for header, text in zip(found, texts, strict=True) if header[1] not in without)
