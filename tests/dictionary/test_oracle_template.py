"""The script that declares Oracle's dictionary is right by all that can be known of it without an Oracle."""

from __future__ import annotations

import re

import fake_oracle
import pglast
import pytest
from pglast import ast

from devdb.sqltext.templates import Templates
from devdb.wrappers.oracle_fdw import WRAPPER

# Oracle's reserved words (its SQL Language Reference, appendix E): none may be a column's alias, or a table's.
RESERVED = frozenset({
    "ACCESS", "ADD", "ALL", "ALTER", "AND", "ANY", "AS", "ASC", "AUDIT", "BETWEEN", "BY", "CHAR", "CHECK",
    "CLUSTER", "COLUMN", "COLUMN_VALUE", "COMMENT", "COMPRESS", "CONNECT", "CREATE", "CURRENT", "DATE",
    "DECIMAL", "DEFAULT", "DELETE", "DESC", "DISTINCT", "DROP", "ELSE", "EXCLUSIVE", "EXISTS", "FILE", "FLOAT",
    "FOR", "FROM", "GRANT", "GROUP", "HAVING", "IDENTIFIED", "IMMEDIATE", "IN", "INCREMENT", "INDEX", "INITIAL",
    "INSERT", "INTEGER", "INTERSECT", "INTO", "IS", "LEVEL", "LIKE", "LOCK", "LONG", "MAXEXTENTS", "MINUS",
    "MLSLABEL", "MODE", "MODIFY", "NESTED_TABLE_ID", "NOAUDIT", "NOCOMPRESS", "NOT", "NOWAIT", "NULL", "NUMBER",
    "OF", "OFFLINE", "ON", "ONLINE", "OPTION", "OR", "ORDER", "PCTFREE", "PRIOR", "PUBLIC", "RAW", "RENAME",
    "RESOURCE", "REVOKE", "ROW", "ROWID", "ROWNUM", "ROWS", "SELECT", "SESSION", "SET", "SHARE", "SIZE",
    "SMALLINT", "START", "SUCCESSFUL", "SYNONYM", "SYSDATE", "TABLE", "THEN", "TO", "TRIGGER", "UID", "UNION",
    "UNIQUE", "UPDATE", "USER", "VALIDATE", "VALUES", "VARCHAR", "VARCHAR2", "VIEW", "WHENEVER", "WHERE", "WITH",
})  # fmt: skip
# What Oracle's SQL and PostgreSQL's do not share.
NOT_SHARED = re.compile(r"\b(NVL2?|DECODE|CONNECT\s+BY|ROWNUM|MINUS|LIMIT|ILIKE|SYSDATE|FROM\s+DUAL)\b|::|\(\+\)|!~|~")
RELATIONS = (
    "source", "schemas", "tables", "columns", "keys", "checks", "indexes", "sequences", "triggers", "dependencies",
)  # fmt: skip


@pytest.fixture(params=[(), ("WELLS",), ("O'HARA$X$Y", "Żółć")], ids=["all", "one", "odd"], scope="module")
def script(request: pytest.FixtureRequest) -> str:
    return Templates().render("wrapper/oracle_fdw.sql", server="prod_server", schemas=request.param).text or ""


def test_every_statement_is_one_of_postgresql_s(script: str) -> None:
    kinds = {type(one.stmt).__name__ for one in pglast.parse_sql(script)}
    assert kinds == {"CreateForeignTableStmt", "CreateTableAsStmt", "CreateFunctionStmt", "ViewStmt"}


def test_every_relation_is_there(script: str) -> None:
    views = {one.stmt.view.relname for one in pglast.parse_sql(script) if isinstance(one.stmt, ast.ViewStmt)}
    assert views == {f"dictionary_{name}" for name in RELATIONS}


def test_every_option_is_documented_and_well_formed(script: str) -> None:
    for name, options, _ in fake_oracle.foreign_tables(script):
        assert options.keys() <= WRAPPER.options.table, name
        assert options["readonly"] == "true", name
        assert 1 <= int(options.get("prefetch", "50")) <= 1000, name
        assert 1 <= int(options.get("max_long", "1")) <= 1_073_741_823, name
        assert (options["table"][0], options["table"][-1]) == ("(", ")"), f"{name} would be quoted as a table's name"


def test_every_query_is_sql_that_both_understand(script: str) -> None:
    for name, options, columns in fake_oracle.foreign_tables(script):
        (statement,) = pglast.parse_sql(options["table"][1:-1])
        select = statement.stmt
        assert isinstance(select, ast.SelectStmt)
        without_texts = re.sub(r"'(?:[^']|'')*'", "''", options["table"])
        assert NOT_SHARED.search(without_texts) is None, name
        assert all(target.name is None for target in select.targetList), f"{name}: an alias may be a word of Oracle's"
        said = [target.val.fields[-1].sval for target in select.targetList]
        assert said == columns, f"{name}: columns are told by their position"
        tables = re.findall(r"\bSYS\.(\S+) (\w)\b", without_texts)
        assert tables, name
        assert all(view.startswith(("ALL_", "V_$")) and alias.upper() not in RESERVED for view, alias in tables)


def test_every_query_but_two_asks_for_owners(script: str) -> None:
    without = [
        name for name, options, _ in fake_oracle.foreign_tables(script) if "OWNER" not in options["table"].upper()
    ]
    assert without == ["oracle_version"]


def test_a_long_column_stands_in_no_condition_and_in_no_join(script: str) -> None:
    longs = {"DATA_DEFAULT", "SEARCH_CONDITION", "COLUMN_EXPRESSION"}
    for name, options, columns in fake_oracle.foreign_tables(script):
        said, _, conditions = options["table"].partition(" FROM ")
        if longs & {column.upper() for column in columns}:
            assert "max_long" in options, name
            assert " JOIN " not in conditions, name
            assert "DISTINCT" not in said, name
        assert not any(long in conditions for long in longs), name


def test_oracle_s_own_schemas_are_the_wrapper_s(script: str) -> None:
    query = {name: options["table"] for name, options, _ in fake_oracle.foreign_tables(script)}["oracle_owners"]
    assert set(re.findall(r"'([^']+)'", query)) == {*WRAPPER.system_schemas}
