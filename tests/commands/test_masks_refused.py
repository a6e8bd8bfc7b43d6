"""A mask that would break what the schema asks for is refused by column and constraint, and no value is shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from both import Both, both

from devdb.server.cluster import Cluster

LIMITS = """
    CREATE EXTENSION btree_gist;
    CREATE DOMAIN mail AS text CHECK (VALUE LIKE '%@%');
    CREATE TYPE mood AS ENUM ('good', 'bad');
    CREATE COLLATION folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    CREATE TABLE guest (
        id int PRIMARY KEY, nick text COLLATE folding UNIQUE, contact mail, mood mood, plate text NOT NULL
        CONSTRAINT short CHECK (length(plate) < 9), code char(4), loud text GENERATED ALWAYS AS (upper(plate)) STORED
    );
    CREATE TABLE booking (room int, during tsrange, EXCLUDE USING gist (room WITH =, during WITH &&));
    CREATE TABLE log (day date NOT NULL, who text) PARTITION BY RANGE (day);
    CREATE TABLE log_all PARTITION OF log DEFAULT;
    INSERT INTO guest SELECT n, 'nick' || n, 'g' || n || '@x.test', 'good', 'P-' || n, 'c' || n
    FROM generate_series(1, 50) AS n;
    INSERT INTO log SELECT date '2024-01-01' + n, 'who' FROM generate_series(1, 20) AS n;
    INSERT INTO booking SELECT n, tsrange('2024-01-01', '2024-01-02') FROM generate_series(1, 20) AS n;
"""


@pytest.fixture(scope="module")
def limits(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with both(cluster, tmp_path_factory.mktemp("limits"), LIMITS) as made:
        yield made


@pytest.mark.parametrize(
    ("column", "mask", "told"),
    [
        (
            "guest.plate",
            "hash",
            "guest.plate: masked by hash, breaks the constraint short: CHECK ((length(plate) < 9))",
        ),
        (
            "guest.plate",
            '{sql: "nullif(plate, plate)"}',
            "guest.plate: masked by sql(nullif(plate, plate)), it becomes NULL",
        ),
        (
            "guest.contact",
            "hash",
            "guest.contact: masked by hash, it breaks the constraint mail_check of the domain mail",
        ),
        ("guest.mood", "{kind: constant, value: ugly}", "guest.mood: masked by constant(value: ugly)"),
        ("guest.nick", "hash", "guest.nick: different texts are equal by its collation"),
        ("guest.code", "email", "guest.code: email"),
        ("guest.loud", "text", "guest.loud is generated"),
        ("log.day", "date_shift", "log.day: decides in which partition a row lies"),
        ("booking.during", "'null'", "booking.during: takes part in the exclusion constraint booking_room_during_excl"),
    ],
)
def test_what_breaks_a_constraint_is_refused_before_anything_moves(
    limits: Both, column: str, mask: str, told: str
) -> None:
    settings = f"classification: {{policy: open}}\nmasking:\n  columns:\n    public.{column}: {mask}\n"
    done = limits.run("direct", settings=settings, status=1)
    assert f"devdb.yaml:4: public.{told}" in done.stderr
    assert "@x.test" not in done.stderr


def test_masks_that_fit_are_taken(limits: Both) -> None:
    limits.build("""
classification: {policy: open}
masking:
  columns:
    public.guest.contact: email
    public.guest.plate: pattern
    public.guest.code: redact
    public.guest.mood: {kind: constant, value: bad}
    public.log.who: full_name
""")
    assert limits.dev("SELECT DISTINCT mood::text FROM guest") == ["bad"]
    assert limits.dev("SELECT count(*) FROM guest WHERE loud <> upper(plate)") == [0]
