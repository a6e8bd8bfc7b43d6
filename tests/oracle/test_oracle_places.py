"""Where an Oracle is, in every way that people write it."""

from __future__ import annotations

import pytest

from devdb.settings import Settings
from devdb.wrappers import registry
from devdb.wrappers.oracle_fdw import WRAPPER
from devdb.wrappers.wrapper import Place

DESCRIPTOR = "(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=a)(PORT=1521))(CONNECT_DATA=(SID=X)))"


@pytest.mark.parametrize(
    ("text", "place", "dbserver"),
    [
        ("//ora.example.org:1521/XEPDB1", Place("ora.example.org", 1521, "XEPDB1"), "//ora.example.org:1521/XEPDB1"),
        (" ora:1521/svc.example.org ", Place("ora", 1521, "svc.example.org"), "//ora:1521/svc.example.org"),
        ("ora/svc", Place("ora", None, "svc"), "//ora/svc"),
        ("ora:1521", Place("ora", 1521, None), "//ora:1521"),
        ("[::1]:1521/svc", Place("::1", 1521, "svc"), "//[::1]:1521/svc"),
        ("ora:1521/svc:dedicated/one", Place("ora", 1521, "svc:dedicated/one"), "//ora:1521/svc:dedicated/one"),
        # What only Oracle's client understands stays as it is: a name of tnsnames.ora, several hosts, TLS.
        ("PROD", Place(dbname="PROD"), "PROD"),
        ("prod.world", Place(dbname="prod.world"), "prod.world"),
        ("a,b:1521/svc", Place(dbname="a,b:1521/svc"), "a,b:1521/svc"),
        ("tcps://ora:2484/svc?wallet_location=/w", Place(dbname="tcps://ora:2484/svc?wallet_location=/w"), None),
        (DESCRIPTOR, Place(dbname=DESCRIPTOR), DESCRIPTOR),
    ],
)
def test_a_place_is_understood_and_said_again(text: str, place: Place, dbserver: str | None) -> None:
    assert WRAPPER.place(text) == place
    assert WRAPPER.server(place) == {"dbserver": dbserver or text}


@pytest.mark.parametrize("text", ["", "  ", "(DESCRIPTION=(ADDRESS=", "ora :1521/x", "ora:99999/x"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        WRAPPER.place(text)


def test_no_place_at_all_is_the_dev_server_s_own_machine() -> None:
    assert WRAPPER.server(Place()) == {"dbserver": ""}


def test_what_keeps_the_link_from_writing_is_devdb_s_own() -> None:
    assert WRAPPER.steady == {"isolation_level": "read_only"}
    assert registry.mistakes(WRAPPER, "server", ["isolation_level"]) == [
        "isolation_level: is set by devdb itself, to read one snapshot and nothing else"
    ]
    assert registry.mistakes(WRAPPER, "table", ["prefetchh", "readonly"]) == [
        "prefetchh: oracle_fdw has no such option; prefetch?",
        "readonly: is set by devdb itself, on every table",
    ]
    assert registry.mistakes(WRAPPER, "server", ["dbserver", "nchar", "set_timezone"]) == []


def test_the_dev_server_may_know_oracle_by_another_address() -> None:
    settings = Settings.model_validate(
        {"source": {"wrapper": "oracle_fdw", "user": "r", "host": "a", "fdw_options": {"dbserver": "PROD"}}}
    )
    assert settings.source.fdw_options == {"dbserver": "PROD"}
