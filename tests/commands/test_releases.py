"""Sources of newer releases feed a dev server that is older, through the installed commands."""

from __future__ import annotations

from pathlib import Path

import pytest
from databases import connect
from expected import closure, contents, difference

SCRIPTS = [Path(__file__).parent / "oddities" / f"{name}.sql" for name in ("keys", "partitions")]

FEATURES = {
    16: """
        CREATE TABLE newer.unique_nulls (id int PRIMARY KEY, a int UNIQUE NULLS NOT DISTINCT);
        INSERT INTO newer.unique_nulls VALUES (1, 1), (2, NULL);
        CREATE TABLE newer.stored (id int PRIMARY KEY, t text STORAGE external COMPRESSION pglz);
        INSERT INTO newer.stored SELECT i, repeat('x', i) FROM generate_series(1, 10) AS i;
    """,
    # Since 18 NOT NULL is a constraint with a name, and a generated column is virtual.
    18: """
        CREATE TABLE newer.mother (id int CONSTRAINT has_an_id NOT NULL, t text CONSTRAINT has_a_text NOT NULL);
        CREATE TABLE newer.daughter (CONSTRAINT daughter_has_a_text NOT NULL t) INHERITS (newer.mother);
        COMMENT ON CONSTRAINT has_a_text ON newer.mother IS 'said of what no older release knows';
        CREATE TABLE newer.parted (id int, t text CONSTRAINT parted_text NOT NULL) PARTITION BY RANGE (id);
        CREATE TABLE newer.parted_all (id int, t text CONSTRAINT other_text NOT NULL);
        ALTER TABLE newer.parted ATTACH PARTITION newer.parted_all DEFAULT;
        CREATE TABLE newer.doubtful (id int PRIMARY KEY, t text, u text NOT NULL NO INHERIT);
        ALTER TABLE newer.doubtful ADD CONSTRAINT later NOT NULL t NOT VALID;
        CREATE TABLE newer.virtual (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2));
        INSERT INTO newer.virtual VALUES (1), (2);
        INSERT INTO newer.mother VALUES (1, 'm');
        INSERT INTO newer.daughter VALUES (2, 'd');
        INSERT INTO newer.parted VALUES (3, 'p');
        INSERT INTO newer.doubtful VALUES (1, 'x', 'y');
    """,
}
LEFT_OUT = {
    18: [
        "warning: newer.doubtful: NOT NULL u NO INHERIT is left out",
        "warning: newer.doubtful: NOT NULL t NOT VALID is left out",
    ]
}
SETTINGS = """
source: {host: HOST, port: PORT}
sampling:
  default: all
  tables:
    keys.region: none
    keys.place: {where: id % 10 = 0}
    parts.actor: none
    parts.event: {where: id % 97 = 0}
"""
SEEDS = {"keys.region": "false", "keys.place": "id % 10 = 0", "parts.actor": "false", "parts.event": "id % 97 = 0"}


@pytest.mark.usefixtures("make_db")
@pytest.mark.parametrize(("major", "way"), [(16, "socket"), (18, "tcp")])
def test_a_newer_source(run, cluster, cluster_factory, psql, tmp_path, major, way):
    newer = cluster_factory(major=major)
    psql(newer.conninfo(), "-c", "CREATE DATABASE proddb")
    files = [word for path in SCRIPTS for word in ("-f", str(path))]
    psql(newer.conninfo("proddb"), "-v", "chain=30", "-c", "CREATE SCHEMA newer", *files, "-c", FEATURES[major])

    host = str(newer.socket_directory) if way == "socket" else "127.0.0.1"
    settings = SETTINGS.replace("HOST", host).replace("PORT", str(newer.port))
    (tmp_path / "home" / ".pgpass").write_text(f"127.0.0.1:{newer.port}:*:*:{newer.password}\n")
    (tmp_path / "home" / ".pgpass").chmod(0o600)
    # The releases' own programs: pg_dump refuses a server that is newer than itself.
    env = {"DEVDB_PG_BIN": str(newer.programs.directory)}
    done = run("build-dev-db", settings=settings, env=env)
    assert [line for line in done.stderr.splitlines() if "is left out" in line] == LEFT_OUT.get(major, [])
    run("update-dev-db-data", settings=settings, env=env)

    with connect(newer, "proddb") as source, connect(cluster, "devdb") as dev:
        seeds = {name: SEEDS.get(name, "true") for name in contents(source)}
        assert difference(contents(dev), closure(source, seeds)) == {}
        assert dev.execute("SELECT FROM pg_constraint WHERE NOT convalidated").fetchall() == []
        assert dev.info.server_version < source.info.server_version
