"""SQL Server's dictionary, from its catalog views to tables of ours, through the real wrapper.

The server is one of ours: it hands each question to PostgreSQL, where catalog views lie that were made by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databases import new_database
from sqlserver import Answer, SqlServer, sql_server

from devdb.catalog.model import Name
from devdb.dictionary.dialect import Reading
from devdb.dictionary.model import Dictionary, IndexColumn, RemoteIndex, RemoteKey
from devdb.dictionary.reading import read
from devdb.dictionary.schema import LocalSchema, apply, local_schema, understanding
from devdb.dictionary.tables import loaded_from
from devdb.dictionary.tds import DIALECT
from devdb.server.cluster import Cluster
from devdb.sqltext.templates import Templates

CATALOG = Path(__file__).with_name("sqlserver_catalog.sql").read_text(encoding="utf-8")
TEMPLATE = "wrapper/tds_fdw.sql"

FIRST, LAST = "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999"
KINDS = {"int4": "int", "int8": "bigint", "numeric": "decimal(38,0)", "varchar": "nvarchar(4000)"}


def questions(schemas: tuple[str, ...] = ()) -> list[str]:
    text = Templates().render(TEMPLATE, server="prod_server", schemas=schemas).text
    assert text is not None
    return re.findall(r"\$tsql\$(.*?)\$tsql\$", text, re.DOTALL)


def as_postgresql_writes_it(question: str) -> str:
    """All that is T-SQL's alone in these questions."""
    for pattern, instead in [
        (r"\bnvarchar\(", "varchar("),
        (r" COLLATE DATABASE_DEFAULT", ""),
        (r"\bINFORMATION_SCHEMA\.", "sqlserver_information_schema."),
        (r"\bSERVERPROPERTY\(", "sys.serverproperty("),
    ]:
        question = re.sub(pattern, instead, question)
    return question


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[SqlServer]:
    with new_database(cluster, CATALOG) as catalog:
        types = dict(catalog.execute("SELECT oid, typname FROM pg_type").fetchall())

        def reply(question: str) -> Answer | None:
            if not question.lstrip().startswith("SELECT"):
                return None
            rows = catalog.execute(as_postgresql_writes_it(question).encode())
            columns = [(one.name, KINDS.get(types[one.type_code], "nvarchar(max)")) for one in rows.description or ()]
            return Answer(columns, rows.fetchall())

        with sql_server(reply) as started:
            yield started


@pytest.fixture(scope="module")
def linked(cluster: Cluster, server: SqlServer) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster) as connection:
        link(connection, server)
        yield connection


def link(connection: psycopg.Connection[Any], server: SqlServer) -> None:
    try:
        connection.execute("CREATE EXTENSION tds_fdw")
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("tds_fdw is not installed")
    connection.execute("CREATE SCHEMA fdw_setup")
    connection.execute(f"CREATE SERVER prod_server FOREIGN DATA WRAPPER tds_fdw OPTIONS ({server.options()})")
    connection.execute(
        "CREATE USER MAPPING FOR CURRENT_USER SERVER prod_server OPTIONS (username 'dev', password 'secret')"
    )


def dictionary_of(connection: psycopg.Connection[Any], *schemas: str) -> Dictionary:
    text = Templates().render(TEMPLATE, server="prod_server", schemas=schemas).text
    assert text is not None
    for _ in range(2):  # again does no harm
        connection.execute(text.encode())
    return read(connection, Templates())


@pytest.fixture(scope="module")
def dictionary(linked: psycopg.Connection[Any]) -> Dictionary:
    return dictionary_of(linked)


@pytest.mark.parametrize("question", questions())
def test_a_question_is_one_select_in_t_sql(question):
    sqlglot = pytest.importorskip("sqlglot")
    (tree,) = sqlglot.parse(question, dialect="tsql", error_level=sqlglot.ErrorLevel.RAISE)
    assert isinstance(tree, sqlglot.exp.Query)
    assert not list(tree.find_all(sqlglot.exp.Command, sqlglot.exp.Anonymous)) or "SERVERPROPERTY" in question
    # With QUOTED_IDENTIFIER off, as this wrapper has it, a name in double quotes is a text.
    assert '"' not in question


def test_the_server_and_its_schemas_are_told(dictionary):
    assert dictionary.version == "SQL Server 16.0.4105.2, Developer Edition (64-bit)"
    assert dictionary.all_schemas == ("dbo", "o'dd ]name", "sales")


def test_tables_are_told_with_size_and_comment(dictionary):
    told = {(one.schema, one.name): (one.kind, one.row_estimate, one.bytes, one.comment) for one in dictionary.tables}
    assert told == {
        ("dbo", "Customers"): ("table", 1500, 118 * 8192, "Who buys — ünï"),
        ("dbo", "Archive"): ("external", None, None, None),
        ("sales", "Orders"): ("table", 7, 8192, None),
        ("sales", "OpenOrders"): ("view", None, None, None),
        ("o'dd ]name", "it's ]"): ("table", 0, None, None),
    }


def test_columns_are_told_by_the_types_they_stand_for(dictionary):
    (customers,) = (one for one in dictionary.tables if one.name == "Customers")
    assert [(c.name, c.type, c.declared, c.length) for c in customers.columns] == [
        ("CustomerID", "int", "int", None),
        ("Name", "nvarchar", "nvarchar", 100),
        ("Email", "nvarchar", "sales.EmailAddress", 320),
        ("Created", "datetime2", "datetime2", None),
        ("IsActive", "bit", "bit", None),
        ("Balance", "money", "money", None),
        ("RowVer", "timestamp", "timestamp", None),
        ("Shown", "nvarchar", "nvarchar", 4000),
        ("Notes", "nvarchar", "nvarchar", -1),
        ("Place", "hierarchyid", "hierarchyid", None),
        ("Owner", "nvarchar", "sysname", 128),
    ]
    assert customers.column["CustomerID"].identity == "always"
    assert (customers.column["Name"].not_null, customers.column["Email"].not_null) == (True, False)
    assert customers.column["Name"].comment == "As it is written on letters"
    assert customers.column["IsActive"].default == "((1))"
    assert (customers.column["Created"].precision, customers.column["Created"].scale) == (27, 7)
    assert customers.column["Shown"].generated == "([Name]+isnull(N' <'+[Email],''))"
    (odd,) = (one for one in dictionary.tables if one.name == "it's ]")
    assert [(c.name, c.type, c.declared) for c in odd.columns] == [
        ("a]b", "varbinary", "varbinary"),
        ("Speed", "clr", "dbo.Vector3"),
    ]


def test_keys_checks_and_indexes_are_told_but_those_that_are_switched_off(dictionary):
    tables = {one.name: one for one in dictionary.tables}
    orders = tables["Orders"]
    assert orders.primary_key == RemoteKey("PK_Orders", ("OrderID",))
    assert orders.unique_keys == (RemoteKey("UQ_Orders", ("Ref", "CustomerID")),)
    (key,) = orders.foreign_keys
    assert (key.name, key.columns, key.parent, key.parent_columns) == (
        "FK_Orders_Customers", ("CustomerID",), ("dbo", "Customers"), ("CustomerID",),
    )  # fmt: skip
    assert (key.on_delete, key.on_update, key.is_validated, key.is_deferrable) == ("CASCADE", "NO ACTION", True, False)
    assert {one.name for one in orders.checks} == {"CK_Total", "CK_State", "CK_Fn"}
    assert orders.indexes == (
        RemoteIndex("IX_Placed", (IndexColumn("Placed", is_descending=True), IndexColumn("CustomerID"))),
    )


def test_an_index_over_some_rows_is_unique_only_if_the_others_have_no_value(dictionary):
    (customers,) = (one for one in dictionary.tables if one.name == "Customers")
    assert {(one.name, one.is_unique) for one in customers.indexes} == {("UX_Email", True), ("UX_Active", False)}


def test_sequences_triggers_and_what_views_need_are_told(dictionary):
    told = {
        one.name: (one.start, one.increment, one.cache, one.is_cyclic, one.last_value) for one in dictionary.sequences
    }
    assert told == {
        "OrderNo": (1, 1, None, False, 1042),
        "Wide": (-(10**38) + 1, -5, 1, True, -5),
    }
    assert [(one.schema, one.table, one.name) for one in dictionary.triggers] == [("dbo", "Customers", "TR_Customers")]
    (dependency,) = dictionary.dependencies
    assert (dependency.of, dependency.needs) == (("sales", "OpenOrders", "view"), ("sales", "Orders", "table"))


def test_chosen_schemas_alone_are_told_of_and_all_of_them_are_named(cluster, server):
    with new_database(cluster) as connection:
        link(connection, server)
        chosen = dictionary_of(connection, "o'dd ]name")
        assert [(one.schema, one.name) for one in chosen.tables] == [("o'dd ]name", "it's ]")]
        assert not chosen.sequences
        assert chosen.all_schemas == ("dbo", "o'dd ]name", "sales")


def test_conditions_on_the_relations_are_heeded(linked, dictionary):
    assert dictionary.tables
    rows = linked.execute("SELECT name FROM fdw_setup.dictionary_tables WHERE kind = 'view' ORDER BY name").fetchall()
    assert rows == [("OpenOrders",)]
    # Not so on the foreign tables beneath: the wrapper takes the condition for sent.
    rows = linked.execute("SELECT name FROM fdw_setup.sqlserver_tables WHERE kind = 'view'").fetchall()
    assert len(rows) == 5, "the wrapper has learnt to heed conditions"


def test_no_question_is_answered_while_it_is_planned(linked, server, dictionary):
    assert dictionary.tables
    server.batches.clear()
    linked.execute("SELECT count(*) FROM fdw_setup.dictionary_schemas")
    (question,) = (one for one in questions() if "EXISTS (SELECT 1 FROM sys.tables" in one)
    assert server.batches == [
        "SET SHOWPLAN_ALL ON", question, "SET SHOWPLAN_ALL OFF", "set textsize 2147483647\n", question,
    ]  # fmt: skip


def made(connection: psycopg.Connection[Any], dictionary: Dictionary, **reading: Any) -> tuple[LocalSchema, list[str]]:
    asked = Reading(case="lower", **{"unsupported": "text", **reading})
    local = local_schema(dictionary, DIALECT, asked, understood=understanding(connection))
    return local, [*apply(connection, local.pre_data), *apply(connection, local.post_data)]


def test_postgresql_takes_the_schema_that_follows(cluster, dictionary):
    with new_database(cluster) as connection:
        local, refused = made(connection, dictionary)
        assert not refused
        columns = connection.execute(
            "SELECT attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated"
            " FROM pg_attribute WHERE attrelid = 'dbo.customers'::regclass AND attnum > 0 ORDER BY attnum"
        ).fetchall()
        assert [(str(one[0]), *one[1:]) for one in columns] == [
            ("customerid", "integer", True, "a", ""),
            ("name", "character varying(100)", True, "", ""),
            ("email", "character varying(320)", False, "", ""),
            ("created", "timestamp(6) without time zone", True, "", ""),
            ("isactive", "boolean", True, "", ""),
            ("balance", "numeric(19,4)", True, "", ""),
            ("rowver", "bytea", True, "", ""),
            ("shown", "character varying(4000)", False, "", "s"),
            ("place", "text", False, "", ""),
            ("owner", "character varying(128)", False, "", ""),
        ]
        defaults = dict(
            connection.execute(
                "SELECT a.attname, pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef AS d"
                " JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attgenerated = ''"
            ).fetchall()
        )
        assert defaults == {
            "created": "timezone('UTC'::text, now())",
            "isactive": "true",
            "balance": "0.0",
            "rowver": "'\\x0000000000000000'::bytea",
            "owner": "SESSION_USER",
            "orderid": "nextval('sales.orderno'::regclass)",
            "state": "'N'::bpchar",
            "ref": "gen_random_uuid()",
        }
        checks = connection.execute(
            "SELECT conname, pg_get_expr(conbin, conrelid) FROM pg_constraint"
            " WHERE conrelid = 'sales.orders'::regclass AND contype = 'c' ORDER BY conname"
        ).fetchall()
        assert checks == [
            ("ck_state", "(state ~ '^[A-Z]$'::text)"),
            ("ck_total", "(total >= (0)::numeric)"),
        ]
        assert [one for one in local.notes if "CK_Fn" in one]
        assert [one for one in local.notes if "large objects" in one and "notes" in one.lower()]


def test_rows_arrive_in_the_tables_through_their_foreign_tables(cluster, server, dictionary):
    """The answer is of the types that the expressions of the query are of; what they make of values nobody computed."""
    with new_database(cluster) as connection:
        link(connection, server)
        local, _ = made(connection, dictionary, lob_limit_bytes=1000)
        (customers,) = (one for one in local.tables if one.name.name == "customers")
        foreign = loaded_from(customers, Name("fdw_setup", "customers"), DIALECT, {})
        script = Templates().render("wrapper/foreign_table.sql", table=foreign)
        assert script.text is not None
        connection.execute(script.text.encode())
        answer = Answer(
            [
                ("", "int"), ("", "nvarchar(100)"), ("", "nvarchar(320)"), ("", "nvarchar(27)"), ("", "bit"),
                ("", "decimal(19,4)"), ("", "varbinary(8)"), ("", "nvarchar(4000)"), ("", "nvarchar(max)"),
                ("", "nvarchar(4000)"), ("", "nvarchar(128)"),
            ],
            [
                (1, "Ünï 😀", "", LAST, 1, "-0.0001", bytes(8), "x", "é" * 1000, "/1/2/", "sa"),
                (2, "B\0C", None, FIRST, 0, "922337203685477.5807", b"\0\1", None, "", None, None),
            ],
        )  # fmt: skip
        before, server.reply = server.reply, lambda text: answer if text.startswith("SELECT [CustomerID]") else None
        try:
            rows = connection.execute("SELECT * FROM fdw_setup.customers").fetchall()
        finally:
            server.reply = before
        assert server.batches[-1] == (
            "SELECT [CustomerID], CONVERT(nvarchar(100), [Name]), CONVERT(nvarchar(320), [Email]),"
            " LEFT(CONVERT(nvarchar(27), [Created], 121), 26), [IsActive], CONVERT(decimal(19, 4), [Balance]),"
            " CONVERT(varbinary(8), [RowVer]), CONVERT(nvarchar(4000), [Shown]),"
            " LEFT(CONVERT(nvarchar(max), [Notes]), 1000), [Place].ToString(),"
            " CONVERT(nvarchar(128), [Owner]) FROM [dbo].[Customers]"
        )
        assert [str(value) for value in rows[0]] == [
            "1", "Ünï 😀", "", LAST, "True", "-0.0001", str(bytes(8)), "x", "é" * 1000, "/1/2/", "sa",
        ]  # fmt: skip
        # What follows a NUL is lost, rather than a text made that PostgreSQL cannot store.
        assert [str(value) for value in rows[1]] == [
            "2", "B", "None", FIRST, "False", "922337203685477.5807", str(b"\0\1"), "None", "", "None",
            "None",
        ]  # fmt: skip


def test_an_error_of_the_server_comes_with_its_words(linked, server):
    said = []
    linked.add_notice_handler(lambda notice: said.append(notice.message_primary or ""))
    linked.execute("CREATE FOREIGN TABLE fdw_setup.refused (a int) SERVER prod_server OPTIONS (query 'SELECT secret')")
    before, server.reply = server.reply, lambda _text: "SHOWPLAN permission denied in database 'Shop'."
    try:
        with pytest.raises(psycopg.Error, match="General SQL Server error"):
            linked.execute("SELECT * FROM fdw_setup.refused")
    finally:
        server.reply = before
    assert any("SHOWPLAN permission denied in database 'Shop'." in one for one in said)
