"""A PostgreSQL that plays Oracle, and a database where postgres_fdw stands behind oracle_fdw's name.

The wrapper of that name knows no query of a foreign table's: it asks the other side for a table of the foreign table's
own schema and name. So there are views of those names there, made of the very queries that Oracle would be sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pglast
import psycopg
from databases import connect, new_database
from pglast import ast
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from devdb.server.cluster import Cluster
from devdb.sqltext.templates import Templates

_SQL = Path(__file__).with_name("oracle_views")
VIEWS, OBJECTS, HARD_ROWS, WELLS = (
    "\n".join((_SQL / name).read_text(encoding="utf-8") for name in names)
    for names in (
        ("views.sql", "describe.sql"),
        ("objects.sql",),
        ("objects.sql", "hard_rows.sql", "synonyms.sql"),
        ("wells.sql",),
    )
)

_AS_ORACLE_FDW = """
    CREATE SCHEMA fake_oracle;
    CREATE FUNCTION fake_oracle.handler() RETURNS fdw_handler
    LANGUAGE c STRICT AS '$libdir/postgres_fdw', 'postgres_fdw_handler';
    CREATE FOREIGN DATA WRAPPER oracle_fdw HANDLER fake_oracle.handler;

    -- A server is told where to find what plays Oracle, whatever it is told of Oracle.
    CREATE FUNCTION fake_oracle.find() RETURNS event_trigger LANGUAGE plpgsql SET search_path = '' AS $find$
    DECLARE
        made record;
    BEGIN
        FOR made IN SELECT * FROM pg_catalog.pg_event_trigger_ddl_commands() WHERE command_tag = 'CREATE SERVER' LOOP
            EXECUTE pg_catalog.format(
                'ALTER SERVER %s OPTIONS (ADD host %L, ADD port %L, ADD dbname %L)', made.object_identity, {}, {}, {}
            );
        END LOOP;
    END
    $find$;
    CREATE EVENT TRIGGER fake_oracle_find ON ddl_command_end WHEN TAG IN ('CREATE SERVER')
    EXECUTE FUNCTION fake_oracle.find();

    SET allow_system_table_mods = on;
    INSERT INTO pg_catalog.pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
    VALUES (
        pg_catalog.pg_nextoid('pg_catalog.pg_extension', 'oid', 'pg_catalog.pg_extension_oid_index'),
        'oracle_fdw', 10, 'public'::regnamespace, false, '1.2'
    );
    RESET allow_system_table_mods;
    ALTER EXTENSION oracle_fdw ADD SCHEMA fake_oracle;
    ALTER EXTENSION oracle_fdw ADD FUNCTION fake_oracle.handler();
    ALTER EXTENSION oracle_fdw ADD FUNCTION fake_oracle.find();
    ALTER EXTENSION oracle_fdw ADD EVENT TRIGGER fake_oracle_find;
    ALTER EXTENSION oracle_fdw ADD FOREIGN DATA WRAPPER oracle_fdw;
"""


def foreign_tables(script: str) -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Each foreign table that a script makes: its name, its options, and its columns."""
    for statement in pglast.parse_sql(script):
        made = statement.stmt
        if isinstance(made, ast.CreateForeignTableStmt):
            options = {option.defname: option.arg.sval for option in made.options}
            yield made.base.relation.relname, options, [column.colname for column in made.base.tableElts]


def remote_queries(schemas: tuple[str, ...] = ()) -> dict[str, str]:
    """The queries that Oracle is sent for its dictionary, by the foreign tables' names."""
    script = Templates().render("wrapper/oracle_fdw.sql", server="prod_server", schemas=schemas)
    return {name: options["table"] for name, options, _ in foreign_tables(script.text or "")}


def show(
    connection: psycopg.Connection[Any], *schemas: str, lacking: str = "", asked_for: tuple[str, ...] = ()
) -> None:
    """Have what plays Oracle answer to the foreign tables: of its dictionary, and of the tables of these schemas.

    The dictionary tells of the schemas `asked_for`; of all if there are none.
    """
    connection.execute(OBJECTS.encode())
    connection.execute("CREATE SCHEMA fdw_setup")
    for name, query in remote_queries(asked_for).items():
        if name == lacking:
            continue
        named = sql.Identifier("fdw_setup", name)
        connection.execute(sql.SQL("CREATE VIEW {} AS SELECT * FROM ").format(named) + sql.SQL(f"{query} AS r1"))
    for schema in schemas:
        shown = f"prod_{schema.lower()}"
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(shown)))
        columns = connection.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)"
            " FROM information_schema.columns WHERE table_schema = %s GROUP BY 1",
            [schema],
        ).fetchall()
        for table, names in columns:
            selected = sql.SQL(", ").join(
                sql.SQL("{} AS {}").format(sql.Identifier(name), sql.Identifier(name.lower())) for name in names
            )
            view = sql.SQL("CREATE VIEW {} AS SELECT {} FROM {}")
            connection.execute(
                view.format(sql.Identifier(shown, table.lower()), selected, sql.Identifier(schema, table))
            )


@contextmanager
def playing(cluster: Cluster, rows: str, *schemas: str, lacking: str = "") -> Iterator[psycopg.Connection[Any]]:
    """A database that plays an Oracle which has these rows in its dictionary, and these schemas.

    `lacking` is a foreign table for which it has nothing.
    """
    with new_database(cluster, VIEWS + rows) as connection:
        show(connection, *schemas, lacking=lacking)
        yield connection


@contextmanager
def fake_oracle_fdw(cluster: Cluster, oracle: psycopg.Connection[Any]) -> Iterator[str]:
    """The name of a database to make others from, that has an oracle_fdw which leads to `oracle` (target.template)."""
    name = f"fake_{uuid4().hex[:10]}"
    there: Mapping[str, Any] = {**conninfo_to_dict(cluster.conninfo()), "dbname": oracle.info.dbname}
    with connect(cluster, "postgres") as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)))
        try:
            places = [sql.Literal(str(there[key])) for key in ("host", "port", "dbname")]
            with connect(cluster, name) as made:
                made.execute(sql.SQL(_AS_ORACLE_FDW).format(*places))
            yield name
        finally:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def linked(cluster: Cluster, oracle: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """A database with such a wrapper, the server prod_server and the dictionary's relations."""
    with fake_oracle_fdw(cluster, oracle) as template, connect(cluster, "postgres") as admin:
        name = f"{template}_linked"
        parts = sql.Identifier(name), sql.Identifier(template)
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*parts))
        try:
            with connect(cluster, name) as connection:
                connection.execute(
                    "CREATE SCHEMA fdw_setup; CREATE EXTENSION IF NOT EXISTS oracle_fdw WITH SCHEMA fdw_setup;"
                    "CREATE SERVER prod_server FOREIGN DATA WRAPPER oracle_fdw OPTIONS (dbserver '//ora:1521/X');"
                    "CREATE USER MAPPING FOR CURRENT_USER SERVER prod_server OPTIONS (user 'postgres')"
                )
                script = Templates().render("wrapper/oracle_fdw.sql", server="prod_server", schemas=())
                connection.execute((script.text or "").encode())
                yield connection
        finally:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
