"""Rows are found by keys of any type, as their values go to MariaDB and come back."""

from __future__ import annotations

import pytest

# A parent and a child for each type, the child's rows referring to all of the parent's.
KINDS = {
    "moment": ("timestamp(3)", "'2024-10-27 00:30:00.123'", "'2024-10-27 01:30:00.5'", "'2024-01-01'"),
    "local": ("datetime(6)", "'2024-02-29 01:02:03.456789'", "'1000-01-01'"),
    "day": ("date", "'9999-12-31'", "'1000-01-01'"),
    "time": ("time(2)", "'-01:00:00'", "'25:00:00.25'", "'10:00:00'"),
    "year": ("year", "2024", "1901"),
    "flag": ("tinyint(1)", "0", "1", "5"),
    "bits": ("bit(5)", "0", "1", "21"),
    "bytes": ("binary(16)", "0x00", "0xFF00", "unhex(md5('a'))"),
    "label": ("enum('x', 'y''', 'ü,z')", "1", "2", "3"),
    "text": ("varchar(50)", "'a'',b'", "'c\\\\d\"{}'", "'ü😀'", "''"),
    "uuid": ("uuid", "'123e4567-e89b-12d3-a456-426655440000'", "uuid()"),
    "huge": ("bigint unsigned", "18446744073709551615", "0"),
    "exact": ("decimal(10, 3)", "1.5", "-0.001"),
    "inexact": ("double", "0.1", "1e300"),
}


@pytest.fixture(scope="module")
def odd(mariadb):
    """A database of such pairs."""
    statements = ["CREATE DATABASE odd CHARACTER SET utf8mb4; USE odd; SET NAMES utf8mb4, time_zone = '+00:00'"]
    for name, (kind, *values) in KINDS.items():
        statements += [
            f"CREATE TABLE `{name}` (k {kind} NOT NULL PRIMARY KEY)",
            f"CREATE TABLE `of {name}` (id int AUTO_INCREMENT PRIMARY KEY, k {kind} NULL,"
            f" FOREIGN KEY (k) REFERENCES `{name}` (k))",
            f"INSERT INTO `{name}` VALUES " + ", ".join(f"({value})" for value in values),
            f"INSERT INTO `of {name}` (k) SELECT k FROM `{name}`",
            f"INSERT INTO `of {name}` (k) VALUES (NULL)",
        ]
    mariadb.run(";\n".join(statements))
    yield mariadb
    mariadb.run("DROP DATABASE odd")


@pytest.mark.usefixtures("mysql_fdw", "make_db")
def test_parents_are_found_whatever_their_key(odd, command, cluster, psql, tmp_path):
    (tmp_path / "devdb.yaml").write_text(f"""
source: {{wrapper: mysql_fdw, host: {odd.host}, port: {odd.port}, user: {odd.user}, schemas: [odd]}}
target: {{dbname: devdb_odd}}
sampling:
  default: none
  tables: {{"odd.of *": all}}
""")
    done = command(
        "build-dev-db", "--no-dump", "-h", cluster.socket_directory, "-p", str(cluster.port),
        env={"DEVDB_SOURCE_PASSWORD": odd.password},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for name, (_, *values) in KINDS.items():
        pairs = psql(
            cluster.conninfo("devdb_odd"),
            "-c",
            f'SELECT count(*), count(c.k) FROM odd."{name}" AS p FULL JOIN odd."of {name}" AS c ON c.k = p.k',
        )
        assert pairs == f"{len(values) + 1}|{len(values)}\n", name
