"""oracle_fdw: Oracle. Its README and its source of releases 2.6 to 2.8."""

from __future__ import annotations

import re

from devdb.wrappers.places import server_port_name
from devdb.wrappers.wrapper import Documented, Place, Wrapper

# Host, port and service. What is more (a list of hosts, a wallet, a descriptor) is left to Oracle's client as it is.
_EASY = re.compile(r"(?://)?(\[[^]]+\]|[^][:/?,\s()]+)(:\d+)?/[^\s()]*|(?://)?(\[[^]]+\]|[^][:/?,\s()]+):\d+")


def _server(place: Place) -> dict[str, str]:
    # The empty string is the database on the dev server's own machine, which its environment names.
    if place.host is None:
        return {"dbserver": place.dbname or ""}
    host = f"[{place.host}]" if ":" in place.host else place.host
    port = "" if place.port is None else f":{place.port}"
    return {"dbserver": f"//{host}{port}/{place.dbname or ''}".removesuffix("/")}


def _place(text: str) -> Place:
    """Understand //host:1521/service, host:port/service, a name of tnsnames.ora, or a connect descriptor."""
    text = text.strip()
    if not text:
        raise ValueError("an empty text names no Oracle; it is host:1521/service, or a name of tnsnames.ora")
    if text.startswith("("):
        if text.count("(") != text.count(")"):
            raise ValueError("the parentheses of the connect descriptor do not match")
        return Place(dbname=text)
    if re.search(r"\s", text):
        raise ValueError(f"{text!r} is neither host:port/service, nor a name of tnsnames.ora, nor a (DESCRIPTION=…)")
    return server_port_name(text) if _EASY.fullmatch(text) else Place(dbname=text)


WRAPPER = Wrapper(
    name="oracle_fdw",
    source="Oracle",
    package="postgresql-{major}-oracle-fdw, which Debian has not (the PostgreSQL project's own repository has), "
    "and Oracle's Instant Client",
    options=Documented(
        server=frozenset({"dbserver", "isolation_level", "nchar", "set_timezone"}),
        user=frozenset({"user", "password"}),
        table=frozenset({
            "table", "dblink", "schema", "max_long", "readonly", "sample_percent", "prefetch", "lob_prefetch",
        }),
        column=frozenset({"key", "strip_zeros"}),
        importing=frozenset({
            "case", "collation", "dblink", "readonly", "max_long", "sample_percent", "prefetch", "lob_prefetch",
            "set_timezone", "skip_tables", "skip_views", "skip_matviews",
        }),
    ),
    user_option="user",
    server=_server,
    place=_place,
    snapshot="one per transaction (READ ONLY)",
    keys="list",
    folding="upper",
    max_keys=1000,
    listed=frozenset({
        "smallint", "integer", "bigint", "numeric", "real", "double precision", "text", "character varying",
        "character", "bpchar", "uuid", "date", "timestamp without time zone", "timestamp with time zone",
    }),
    orders_texts=False,
    computes=True,
    steady={"isolation_level": "read_only"},
    reserved={
        "isolation_level": "is set by devdb itself, to read one snapshot and nothing else",
        "user": "belongs to source.user",
        "password": "belongs to DEVDB_SOURCE_PASSWORD or source.password_file",
        "readonly": "is set by devdb itself, on every table",
        "table": "is set by devdb itself, which knows the tables from the dictionary",
        "schema": "is set by devdb itself, which knows the tables from the dictionary",
        "dblink": "cannot stand behind a query, which every table here is",
    },
    system_schemas=frozenset({
        "ANONYMOUS", "APPQOSSYS", "AUDSYS", "BAASSYS", "CTXSYS", "DBSFWUSER", "DBSNMP", "DGPDB_INT", "DIP", "DMSYS",
        "DVF", "DVSYS", "EXFSYS", "FLOWS_FILES", "GGSHAREDCAP", "GGSYS", "GSMADMIN_INTERNAL", "GSMCATUSER",
        "GSMROOTUSER", "GSMUSER", "LBACSYS", "MDDATA", "MDSYS", "MGMT_VIEW", "OJVMSYS", "OLAPSYS", "ORACLE_OCM",
        "ORDDATA", "ORDPLUGINS", "ORDSYS", "OUTLN", "OWBSYS", "OWBSYS_AUDIT", "PDBADMIN", "REMOTE_SCHEDULER_AGENT",
        "RDSADMIN", "SI_INFORMTN_SCHEMA", "SPATIAL_CSW_ADMIN_USR", "SPATIAL_WFS_ADMIN_USR", "SYS", "SYS$UMF",
        "SYSBACKUP", "SYSDG", "SYSKM", "SYSMAN", "SYSRAC", "SYSTEM", "TSMSYS", "VECSYS", "WK_TEST", "WKPROXY",
        "WKSYS", "WMSYS", "XDB", "XS$NULL",
    }),
)  # fmt: skip
