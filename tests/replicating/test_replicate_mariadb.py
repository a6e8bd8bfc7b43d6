"""The example site with its legacy system in MariaDB: the same rows arrive as from PostgreSQL."""

from __future__ import annotations

import pytest


@pytest.fixture
def there(mariadb, site):
    """The variables that lead to it."""
    mariadb.run((site / "legacy" / "mariadb.sql").read_text())
    yield {
        "FDW_WRAPPER": "mysql_fdw",
        "FDW_FOREIGN_SERVER": f"{mariadb.host}:{mariadb.port}",
        "FDW_USER": mariadb.user,
        "FDW_PASS": mariadb.password,
    }
    mariadb.run("DROP DATABASE wells")


@pytest.mark.usefixtures("mysql_fdw")
def test_mariadb_stands_in_for_oracle(replicate_here, contents, there, psql, application):
    made = {}
    for mode in ("Subset", "Full"):
        replicate_here(mode, "--accept-change")
        made[mode] = contents()
    replicate_here("None", **there)
    done = replicate_here("Subset", "--accept-change", **there)
    assert "linking to the source, as its settings changed" in done.stderr
    assert contents() == made["Subset"]
    done = replicate_here("Full", "--accept-change", **there)
    assert "linking" not in done.stderr
    assert contents() == made["Full"]
    psql(application, "-c", "SELECT db_replicate_step1(true)", "-c", "SELECT db_replicate_step2()")
    assert contents() == made["Subset"]
    assert "Hint: did you mean wells?" in replicate_here("Full", status=1, **there, FDW_FOREIGN_SCHEMA="WELLS").stderr
    assert (
        "the dev server cannot reach the source"
        in replicate_here("Full", status=2, **{**there, "FDW_PASS": "x"}).stderr
    )
