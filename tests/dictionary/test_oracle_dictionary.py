"""What Oracle's dictionary says becomes the ten relations: its own queries, run on tables of its views' shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import fake_oracle
import psycopg
import pytest
from databases import new_database

from devdb.dictionary import reading, schema
from devdb.dictionary.dialect import Reading
from devdb.dictionary.model import Dictionary, IndexColumn, RemoteColumn, RemoteTable
from devdb.dictionary.oracle import DIALECT
from devdb.server.cluster import Cluster
from devdb.sqltext.templates import Templates


@pytest.fixture(scope="module")
def link(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    """A connection to a database with the relations, behind which an Oracle full of hard cases is played."""
    with (
        fake_oracle.playing(cluster, fake_oracle.HARD_ROWS) as oracle,
        fake_oracle.linked(cluster, oracle) as connection,
    ):
        yield connection


@pytest.fixture(scope="module")
def said(link: psycopg.Connection[Any]) -> Dictionary:
    return reading.read(link, Templates())


def table(said: Dictionary, name: str) -> RemoteTable:
    return next(one for one in said.tables if f"{one.schema}.{one.name}" == name)


def column(said: Dictionary, name: str) -> RemoteColumn:
    schema, of, column_name = name.split(".")
    return table(said, f"{schema}.{of}").column[column_name]


def test_oracle_says_its_release_and_whose_tables_it_holds(said: Dictionary) -> None:
    assert said.version == "Oracle Database 19c Enterprise Edition Release 19.0.0.0.0 - Production"
    assert said.all_schemas == ("CODES", "GEO", "O'HARA$X$Y")
    assert said.notes == ()


def test_tables_are_those_that_people_made(said: Dictionary) -> None:
    assert {f"{one.schema}.{one.name}": one.kind for one in said.tables} == {
        "CODES.REGION": "table",
        "GEO.CODE": "table",  # organized as an index, with what overflows and what maps beside it
        "GEO.LAB_FILE": "external",
        "GEO.READING": "table",  # partitioned
        "GEO.V_WELL": "view",
        "GEO.WELL": "table",
        "GEO.WELL_SUMMARY": "table",  # a materialized view
        "GEO.WELL_TEST": "table",
        "GEO.WORK": "temporary",
        "GEO.every TYPE": "table",
        "GEO.mixed Case": "table",
        "O'HARA$X$Y.T#1": "table",
    }


def test_tables_tell_their_size_if_they_were_analyzed(said: Dictionary) -> None:
    sizes = {name: (table(said, name).row_estimate, table(said, name).bytes) for name in ("GEO.WELL", "GEO.every TYPE")}
    assert sizes == {"GEO.WELL": (120_000, 37_200_000), "GEO.every TYPE": (None, None)}


def test_comments_are_people_s_own(said: Dictionary) -> None:
    assert table(said, "GEO.WELL").comment == 'Drilled wells; it\'s "all" of them'
    assert column(said, "GEO.WELL.TAG").comment == "as painted"
    assert {table(said, name).comment for name in ("GEO.WELL_SUMMARY", "GEO.WELL_TEST")} == {None}


def test_columns_come_in_their_order_without_those_that_oracle_hides(said: Dictionary) -> None:
    assert [one.name for one in table(said, "GEO.WELL").columns] == [
        "WELL_ID", "TAG", "PARENT_ID", "REGION", "STATUS", "DEPTH", "DEPTH_FT", "CREATED", "PERMIT_NO", "SECRET_NOTE",
    ]  # fmt: skip


def test_columns_tell_how_they_were_declared(said: Dictionary) -> None:
    assert {one.name: (one.type, one.declared) for one in table(said, "GEO.every TYPE").columns} == {
        "N": ("number", "NUMBER"),
        "N38": ("number", "NUMBER(38)"),
        "INT": ("number", "NUMBER(*,0)"),
        "NEG": ("number", "NUMBER(3,-2)"),
        "SMALL": ("number", "NUMBER(3,5)"),
        "F126": ("float", "FLOAT(126)"),
        "F24": ("float", "FLOAT(24)"),
        "BF": ("binary_float", "BINARY_FLOAT"),
        "BD": ("binary_double", "BINARY_DOUBLE"),
        "NV": ("nvarchar2", "NVARCHAR2(30)"),
        "NC": ("nchar", "NCHAR(2)"),
        "TS": ("timestamp", "TIMESTAMP(6)"),
        "TZ": ("timestamp with time zone", "TIMESTAMP(3) WITH TIME ZONE"),
        "LTZ": ("timestamp with local time zone", "TIMESTAMP(0) WITH LOCAL TIME ZONE"),
        "YM": ("interval year to month", "INTERVAL YEAR(2) TO MONTH"),
        "DS": ("interval day to second", "INTERVAL DAY(2) TO SECOND(6)"),
        "GUID": ("raw", "RAW(16)"),
        "BYTES": ("raw", "RAW(8)"),
        "L": ("long", "LONG"),
        "C": ("clob", "CLOB"),
        "NCL": ("nclob", "NCLOB"),
        "B": ("blob", "BLOB"),
        "FILE": ("bfile", "BFILE"),
        "X": ("xmltype", "SYS.XMLTYPE"),
        "J": ("json", "JSON"),
        "BOOL": ("boolean", "BOOLEAN"),
        "R": ("rowid", "ROWID"),
        "UR": ("urowid", "UROWID(4000)"),
        "G": ("sdo_geometry", "MDSYS.SDO_GEOMETRY"),
        "ADDR": ("geo.address_t", "GEO.ADDRESS_T"),
        "LINK": ("ref geo.address_t", "REF GEO.ADDRESS_T"),
        "ANY": ("anydata", "SYS.ANYDATA"),
        "VEC": ("vector", "VECTOR"),
        "XML_OF_OURS": ("geo.xmltype", "GEO.XMLTYPE"),
    }


def test_columns_tell_sizes_defaults_and_what_numbers_or_computes_them(said: Dictionary) -> None:
    assert column(said, "GEO.WELL.WELL_ID") == RemoteColumn(
        "WELL_ID", "number", "NUMBER(10)", precision=10, scale=0, not_null=True, identity="by default"
    )
    assert column(said, "GEO.WELL.REGION") == RemoteColumn(
        "REGION", "char", "CHAR(3 CHAR)", length=3, not_null=True, default="'N'"
    )
    assert column(said, "GEO.WELL.DEPTH_FT") == RemoteColumn(
        "DEPTH_FT", "number", "NUMBER", generated='"DEPTH"*3.28084'
    )
    assert column(said, "GEO.WELL.CREATED").default == "SYSDATE"
    assert column(said, "GEO.WELL.PERMIT_NO").default == '"GEO"."PERMIT_SEQ"."NEXTVAL"'
    assert column(said, "GEO.READING.READ_AT").scale == 9


def test_keys_are_those_that_hold(said: Dictionary) -> None:
    well, test = table(said, "GEO.WELL"), table(said, "GEO.WELL_TEST")
    assert well.primary_key is not None
    assert (well.primary_key.name, well.primary_key.columns) == ("WELL_PK", ("WELL_ID",))
    assert [(key.name, key.columns) for key in well.unique_keys] == [("WELL_TAG_UK", ("TAG",))]
    assert test.primary_key is not None
    assert test.primary_key.columns == ("WELL_ID", "TEST_NO")
    assert table(said, "GEO.V_WELL").primary_key is None


def test_foreign_keys_lead_to_other_schemas_and_to_their_own_table(said: Dictionary) -> None:
    keys = {key.name: key for name in ("GEO.WELL", "GEO.WELL_TEST") for key in table(said, name).foreign_keys}
    assert set(keys) == {"WELL_PARENT_FK", "WELL_REGION_FK", "WELL_TEST_WELL_FK", "WELL_TEST_RESULT_FK"}
    parent, region = keys["WELL_PARENT_FK"], keys["WELL_REGION_FK"]
    assert (parent.parent, parent.on_delete, parent.is_deferrable, parent.is_deferred) == (
        ("GEO", "WELL"), "SET NULL", True, True,
    )  # fmt: skip
    assert (region.parent, region.on_delete, region.is_validated) == (("CODES", "REGION"), "NO ACTION", False)
    result = keys["WELL_TEST_RESULT_FK"]
    assert (result.columns, result.parent_columns) == (("WELL_ID", "RESULT_NO"), ("WELL_ID", "TEST_NO"))


def test_checks_are_enabled_and_valid_and_say_more_than_not_null(said: Dictionary) -> None:
    found = {check.name: check.condition for one in said.tables for check in one.checks}
    assert found == {"WELL_STATUS_CK": "status IN ('A', 'C')", "MIXED_CK": '"Wert" IS NOT NULL OR "id" > 0'}


def test_indexes_are_what_people_made_beside_keys(said: Dictionary) -> None:
    indexes = {index.name: (index.is_unique, index.columns) for one in said.tables for index in one.indexes}
    assert indexes == {
        "WELL_BY_CODES": (False, (IndexColumn("REGION"),)),  # another user's
        "WELL_DEPTH_REV": (False, (IndexColumn("DEPTH"),)),
        "WELL_STATUS_BX": (False, (IndexColumn("STATUS"),)),
        "WELL_TAG_REGION_IX": (False, (IndexColumn("TAG"), IndexColumn("REGION"))),
        "WELL_UPPER_IX": (True, (IndexColumn(None, 'UPPER("TAG")'), IndexColumn("CREATED", is_descending=True))),
    }


def test_sequences_are_told_as_far_as_a_bigint_goes(said: Dictionary) -> None:
    told = {
        one.name: (one.increment, one.minimum, one.maximum, one.cache, one.is_cyclic, one.last_value)
        for one in said.sequences
    }
    assert told == {
        "PERMIT_SEQ": (1, 1, None, 20, False, 100_021),
        "DOWN_SEQ": (-1, None, -1, 1, False, -5),
        "SPENT_SEQ": (1, 1, 99, 20, False, 99),
        "ROUND_SEQ": (1, 1, 9, 2, True, 3),
    }


def test_triggers_and_dependencies_are_told(said: Dictionary) -> None:
    assert [(one.table, one.name) for one in said.triggers] == [("WELL", "WELL_AUDIT"), ("WELL", "WELL_BI")]
    told = [(one.of, one.needs) for one in said.dependencies if one.of[1].endswith("WELL")]
    assert told == [(("GEO", "V_WELL", "VIEW"), ("GEO", "WELL", "TABLE"))]


def noted(rows: Iterable[tuple[str, ...]]) -> set[str]:
    return {"{2} {0}.{1} -> {5} {3}.{4}".format(*row) for row in rows}


FOLLOWED = {
    "VIEW GEO.V_WELL -> TABLE GEO.WELL",
    "VIEW GEO.V_REGION -> SYNONYM ALIASES.REGION_S",
    "PACKAGE BODY GEO.GEO_PKG -> PACKAGE GEO.GEO_PKG",
    "PACKAGE BODY GEO.GEO_PKG -> SYNONYM PUBLIC.REGIONS",
    "SYNONYM PUBLIC.REGIONS -> SYNONYM ALIASES.REGION_S",
    "SYNONYM ALIASES.REGION_S -> TABLE CODES.REGION",
    "SYNONYM PUBLIC.WELLS -> TABLE GEO.WELL",
    "SYNONYM PUBLIC.CODE -> TABLE GEO.CODE",
    "SYNONYM PUBLIC.GEO_PKG -> PACKAGE GEO.GEO_PKG",
    "SYNONYM PUBLIC.SUMMARY -> TABLE GEO.WELL_SUMMARY",
    "SYNONYM PUBLIC.SUMMARY -> MATERIALIZED VIEW GEO.WELL_SUMMARY",
}
OF_CODES = {
    "VIEW CODES.V_DEEP -> SYNONYM PUBLIC.WELLS",
    "VIEW CODES.V_DEEP -> SYNONYM PUBLIC.GEO_PKG",
    "VIEW CODES.V_DEEP -> SYNONYM PUBLIC.RING",
    "SYNONYM PUBLIC.RING -> SYNONYM ALIASES.RING",
    "SYNONYM ALIASES.RING -> SYNONYM PUBLIC.RING",
}


def test_synonyms_lead_from_schema_to_schema_and_not_to_oracle_s_own(said: Dictionary) -> None:
    assert noted((*one.of, *one.needs) for one in said.dependencies) == FOLLOWED | OF_CODES


def test_synonyms_of_schemas_that_are_not_asked_for_are_followed(cluster: Cluster) -> None:
    script = Templates().render("wrapper/oracle_fdw.sql", server="prod_server", schemas=("GEO",)).text or ""
    with new_database(cluster, fake_oracle.VIEWS + fake_oracle.HARD_ROWS) as oracle:
        fake_oracle.show(oracle, asked_for=("GEO",))
        oracle.execute(script[script.index("CREATE VIEW fdw_setup.dictionary_dependencies") :].encode())
        assert noted(oracle.execute("SELECT * FROM fdw_setup.dictionary_dependencies")) == FOLLOWED


@pytest.mark.parametrize(
    ("case", "names"),
    [
        ("smart", {"geo.well", "geo.mixed Case", "geo.every TYPE", "o'hara$x$y.t#1"}),
        ("lower", {"geo.well", "geo.mixed case", "geo.every type", "o'hara$x$y.t#1"}),
        ("keep", {"GEO.WELL", "GEO.mixed Case", "GEO.every TYPE", "O'HARA$X$Y.T#1"}),
    ],
)
def test_a_schema_is_made_of_it_in_any_case(cluster: Cluster, said: Dictionary, case: Any, names: set[str]) -> None:
    asked = Reading(case=case, lob_limit_bytes=1000, unsupported="text")
    with new_database(cluster) as connection:
        local = schema.local_schema(said, DIALECT, asked, understood=schema.understanding(connection))
        refused = [*schema.apply(connection, local.pre_data), *schema.apply(connection, local.post_data)]
        assert refused == []
        assert {str(one.name) for one in local.tables} >= names
        well, region = (
            next(one.name.sql for one in local.tables if (one.remote.schema, one.remote.name) == place)
            for place in (("GEO", "WELL"), ("CODES", "REGION"))
        )
        connection.execute(f"INSERT INTO {region} VALUES ('N')".encode())
        connection.execute(f"INSERT INTO {well} VALUES (1, 't', NULL, 'N', 'A', 10)".encode())
        found = connection.execute(f"SELECT w.* FROM {well} AS w".encode()).fetchone()
        assert found is not None
        assert found[:7] == (1, "t", None, "N  ", "A", Decimal(10), Decimal("32.8084"))
        assert (found[7] is None, found[8]) == (False, 1)  # the moment, and the sequence's first number
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(f"INSERT INTO {well} VALUES (2, 'u', NULL, 'N', 'B', 10)".encode())
    assert "Columns taken as text" in " ".join(local.notes)


def test_release_11_has_no_identity_columns(cluster: Cluster) -> None:
    """There the view that tells of them is not there, and its foreign table must not be looked at."""
    rows = fake_oracle.HARD_ROWS + "DELETE FROM sys.all_views WHERE view_name = 'ALL_TAB_IDENTITY_COLS'"
    with (
        fake_oracle.playing(cluster, rows, lacking="oracle_identities") as oracle,
        fake_oracle.linked(cluster, oracle) as connection,
    ):
        old = reading.read(connection, Templates())
    assert column(old, "GEO.WELL.TAG").length == 10
    assert {one.identity for each in old.tables for one in each.columns} == {""}


def test_only_the_schemas_that_are_asked_for_are_looked_at(cluster: Cluster) -> None:
    """And the keys of others that those refer to."""
    with new_database(cluster, fake_oracle.VIEWS + fake_oracle.HARD_ROWS) as oracle:

        def owners(*schemas: str) -> dict[str, set[str]]:
            found = {}
            for name, query in fake_oracle.remote_queries(schemas).items():
                cursor = oracle.execute(f"SELECT * FROM {query} AS r1".encode())
                places = [n for n, one in enumerate(cursor.description or ()) if one.name in ("owner", "table_owner")]
                found[name] = {row[place] for row in cursor for place in places}
            return found

        odd, geo = owners("O'HARA$X$Y", "CODES"), owners("GEO")
    assert odd.pop("oracle_owners") >= {"CODES", "GEO", "O'HARA$X$Y"}
    # Synonyms lead from anywhere to anywhere.
    assert odd.pop("oracle_objects") >= {"ALIASES", "CODES", "GEO", "PUBLIC"}
    assert odd.pop("oracle_synonyms") == {"ALIASES", "APEX_210200", "CODES", "GEO", "PUBLIC"}
    assert set().union(*odd.values()) == {"CODES", "O'HARA$X$Y"}
    assert geo["oracle_key_columns"] == {"CODES", "GEO"}
