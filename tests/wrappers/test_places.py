"""Where a source is, as people write it."""

from __future__ import annotations

import pytest

from devdb.wrappers.places import server_port_name
from devdb.wrappers.tds_fdw import WRAPPER as TDS
from devdb.wrappers.wrapper import Place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("db", Place("db")),
        ("db.example.com:3306", Place("db.example.com", 3306)),
        ("db:5432/shop", Place("db", 5432, "shop")),
        ("//db:1521/ORCL", Place("db", 1521, "ORCL")),
        ("db/shop", Place("db", None, "shop")),
        ("[::1]:5432/shop", Place("::1", 5432, "shop")),
    ],
)
def test_a_place_is_host_port_and_name(text, place):
    assert server_port_name(text) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("sql.example.com:1433/Shop", Place("sql.example.com", 1433, "Shop")),
        ("sql.example.com,1433", Place("sql.example.com", 1433)),
        ("tcp:sql.example.com,1433/Shop", Place("sql.example.com", 1433, "Shop")),
        (r"sql\SHOP2019", Place(r"sql\SHOP2019")),
        (r"sql\SHOP2019/Shop", Place(r"sql\SHOP2019", None, "Shop")),
    ],
)
def test_a_sql_server_is_found_by_its_own_ways_of_writing_too(text, place):
    assert TDS.place(text) == place


@pytest.mark.parametrize("text", ["", "db:99999", "a b", r"sql\SHOP,1433", r"sql\SHOP:1433/Shop"])
def test_what_is_no_place_is_refused(text):
    with pytest.raises(ValueError, match=r"is not of the form|there is no port|without a port"):
        TDS.place(text)


def test_what_is_said_to_every_sql_server_can_be_said_otherwise_by_those_who_know():
    options = TDS.server(Place("sql", 1433, "Shop"))
    assert options == {
        "servername": "sql",
        "port": "1433",
        "database": "Shop",
        "tds_version": "7.4",
        "character_set": "UTF-8",
        "msg_handler": "notice",
        "row_estimate_method": "showplan_all",
        "use_remote_estimate": "0",
    }
    assert not TDS.steady
    assert "row_estimate_method" not in TDS.reserved
