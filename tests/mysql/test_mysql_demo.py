"""The demo in its MySQL form: as many tables as the other has, and keys that hold though it is loaded unchecked."""

from __future__ import annotations

FOREIGN_KEYS = """
    SELECT k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME,
           group_concat(concat('c.`', k.COLUMN_NAME, '` = p.`', k.REFERENCED_COLUMN_NAME, '`') SEPARATOR ' AND '),
           group_concat(concat('c.`', k.COLUMN_NAME, '` IS NOT NULL') SEPARATOR ' AND ')
    FROM information_schema.KEY_COLUMN_USAGE AS k
    WHERE k.TABLE_SCHEMA IN ('registry', 'staff', 'lab') AND k.REFERENCED_TABLE_NAME IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5
"""


def test_there_are_34_tables_with_rows(mysql_demo):
    tables = mysql_demo.run(
        "SELECT concat(TABLE_SCHEMA, '.`', TABLE_NAME, '`') FROM information_schema.TABLES "
        "WHERE TABLE_SCHEMA IN ('registry', 'staff', 'lab') AND TABLE_TYPE = 'BASE TABLE'"
    ).splitlines()
    assert len(tables) == 34
    counts = [int(count) for count in mysql_demo.run(";".join(f"SELECT count(*) FROM {one}" for one in tables)).split()]
    assert min(counts) > 0
    assert sum(counts) > 30_000


def test_every_foreign_key_holds(mysql_demo):
    keys = [line.split("\t") for line in mysql_demo.run(FOREIGN_KEYS).splitlines()]
    assert len(keys) > 35
    questions = [
        f"SELECT count(*) FROM {schema}.`{table}` AS c LEFT JOIN {there}.`{parent}` AS p ON {pairs} "
        f"WHERE {present} AND p.{pairs.split(' = p.')[1].split(' AND ')[0]} IS NULL"
        for schema, table, _, there, parent, pairs, present in keys
    ]
    orphans = mysql_demo.run(";".join(questions)).split()
    assert [key[:3] for key, count in zip(keys, orphans, strict=True) if count != "0"] == []
