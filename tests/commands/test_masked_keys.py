"""Keys that are masked still join, whichever way rows came, and no raw one is left anywhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from both import READERS, Both, both
from databases import connect

from devdb.server.cluster import Cluster

SOURCE = """
    CREATE TABLE person (
        ssn varchar(40) PRIMARY KEY, name text NOT NULL, email text NOT NULL UNIQUE, born date, boss varchar(40)
    );
    CREATE TABLE account (number bigint PRIMARY KEY, owner text NOT NULL, main_card int, opened date);
    CREATE TABLE card (id int PRIMARY KEY, account int NOT NULL, pan text);
    CREATE TABLE visit (ssn varchar(40), at timestamp, note text);
    CREATE TABLE household (street text, "House No" int, PRIMARY KEY (street, "House No"));
    CREATE TABLE member (street text, "House No" int, ssn varchar(40), PRIMARY KEY (street, "House No", ssn));
    INSERT INTO person
    SELECT 'SSN-' || n, 'Person Number' || n, 'person' || n || '@real.example', date '1950-01-01' + n * 37,
        CASE WHEN n % 5 > 0 THEN 'SSN-' || n / 5 * 5 + (n + 1) % 5 END
    FROM generate_series(0, 499) AS n;
    INSERT INTO account SELECT n, 'SSN-' || n % 500, NULL, date '2020-01-01' + n FROM generate_series(1, 900) AS n;
    INSERT INTO card SELECT n, (n * 7) % 900 + 1, '4111-' || n FROM generate_series(1, 1500) AS n;
    UPDATE account SET main_card = number % 1500 + 1 WHERE number % 3 = 0;
    INSERT INTO visit SELECT 'SSN-' || n % 60, '2024-01-01', 'note ' || n % 3 FROM generate_series(1, 300) AS n;
    INSERT INTO household SELECT 'Street ' || n / 4, n % 4 FROM generate_series(1, 100) AS n;
    INSERT INTO member SELECT 'Street ' || n % 100 / 4, n % 4, 'SSN-' || n FROM generate_series(100, 480) AS n;
    DELETE FROM member AS m WHERE NOT EXISTS (
        SELECT FROM household AS h WHERE h.street = m.street AND h."House No" = m."House No"
    );
    CREATE TABLE tag (code varchar(30) PRIMARY KEY);
    CREATE TABLE post (id int PRIMARY KEY, codes varchar(30)[]);
    INSERT INTO tag SELECT 'tag ' || n FROM generate_series(1, 30) AS n;
    INSERT INTO post SELECT n, ARRAY['tag ' || n % 30 + 1, NULL, 'tag ' || n % 7 + 1] FROM generate_series(1, 90) AS n;
    ALTER TABLE person ADD FOREIGN KEY (boss) REFERENCES person;
    ALTER TABLE account ADD FOREIGN KEY (owner) REFERENCES person;
    ALTER TABLE card ADD FOREIGN KEY (account) REFERENCES account;
    ALTER TABLE account ADD FOREIGN KEY (main_card) REFERENCES card;
    ALTER TABLE visit ADD FOREIGN KEY (ssn) REFERENCES person;
    ALTER TABLE member ADD FOREIGN KEY (street, "House No") REFERENCES household;
    ALTER TABLE member ADD FOREIGN KEY (ssn) REFERENCES person;
"""

# Joins over every key, and what tells apart a key that was mixed up from one that was masked.
JOINS = (
    "SELECT count(*) FROM person AS p JOIN person AS b ON b.ssn = p.boss",
    "SELECT count(*) FROM account AS a JOIN person AS p ON p.ssn = a.owner",
    "SELECT count(*) FROM card AS c JOIN account AS a ON a.number = c.account JOIN person AS p ON p.ssn = a.owner",
    "SELECT count(*) FROM account AS a JOIN card AS c ON c.id = a.main_card WHERE c.account = a.number",
    "SELECT count(*) FROM account AS a JOIN card AS c ON c.id = a.main_card",
    "SELECT count(*) FROM visit AS v JOIN person AS p USING (ssn) JOIN person AS b ON b.ssn = p.boss",
    'SELECT count(*) FROM member AS m JOIN household AS h USING (street, "House No") JOIN person AS p USING (ssn)',
    "SELECT count(*) FROM (SELECT ssn, count(*) FROM visit GROUP BY ssn HAVING count(*) > 4) AS x",
    "SELECT max(n) FROM (SELECT count(*) AS n FROM account GROUP BY owner) AS x",
    "SELECT count(DISTINCT boss) FROM person",
)
COUNTS = tuple(f"SELECT count(*) FROM {name}" for name in ("person", "account", "card", "visit", "household", "member"))

MASKS = """
masking:
  columns:
    public.person.ssn: hash
    public.person.name: full_name
    public.person.email: email
    public.person.born: {kind: date_shift, by: ssn, days: 90}
    public.account.number: number
    public.account.opened: {kind: date_shift, by: owner, days: 90}
    public.card.id: number
    public.card.pan: pattern
    public.visit.note: text
    public.household.street: hash
classification:
  policy: open
"""
ALL = "sampling: {default: all}\n"
SOME = """
sampling:
  default: none
  tables:
    public.account: {where: "number % 50 = 7"}
    public.visit: {limit: 40}
  follow:
    public.card(account): all
    public.visit(ssn): {max: 3}
    public.member(ssn): all
"""


@pytest.fixture(scope="module")
def people(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with both(cluster, tmp_path_factory.mktemp("people"), SOURCE) as made:
        yield made


def answers(people: Both, reader: str, queries: tuple[str, ...]) -> list[object]:
    with connect(people.cluster, f"dev_{reader}") as dev:
        return [dev.execute(query.encode()).fetchone() for query in queries]


@pytest.mark.parametrize("rules", [ALL, SOME], ids=["all", "some"])
def test_masked_keys_join_as_the_raw_ones_do(people: Both, rules: str) -> None:
    people.build(rules)
    raw = {reader: answers(people, reader, (*COUNTS, *JOINS)) for reader in READERS}
    if rules == ALL:
        assert raw["direct"] == [people.source.execute(query.encode()).fetchone() for query in (*COUNTS, *JOINS)]
    people.build(rules + MASKS)
    assert {reader: answers(people, reader, (*COUNTS, *JOINS)) for reader in READERS} == raw
    for column, table in (("ssn", "person"), ("owner", "account"), ("ssn", "visit"), ("ssn", "member")):
        assert people.dev(f"SELECT DISTINCT {column} FROM {table} WHERE {column} LIKE 'SSN%'") == []
    assert people.dev("SELECT street FROM household WHERE street LIKE 'Street%'") == []


def test_dates_of_one_person_move_together(people: Both) -> None:
    people.build(ALL + MASKS)
    gaps = "SELECT a.opened - p.born FROM account AS a JOIN person AS p ON p.ssn = a.owner"
    people.agrees(gaps, gaps)
    assert people.dev("SELECT DISTINCT born FROM person") != people.prod("SELECT DISTINCT born FROM person")


def test_another_day_gives_the_same_masks_and_another_key_others(people: Both) -> None:
    people.build(ALL + MASKS)
    first = people.contents("direct")
    people.run("direct", settings=ALL + MASKS, name="update-dev-db-data")
    assert people.contents("direct") == first
    key = people.directory / "devdb.mask_key"
    assert key.stat().st_mode & 0o777 == 0o600
    kept = key.read_bytes()
    key.unlink()
    people.run("direct", settings=ALL + MASKS)
    other = people.contents("direct")
    key.write_bytes(kept)
    assert other["public.person"] != first["public.person"]
    assert not {row for row in other["public.person"]} & {row for row in first["public.person"]}


def test_shuffled_values_are_those_of_the_sample_in_other_rows(people: Both) -> None:
    settings = SOME + "masking: {columns: {public.card.pan: shuffle, public.person.born: shuffle}}\n"
    people.build(SOME)
    before = people.dev("SELECT pan FROM card"), people.dev("SELECT id || pan FROM card")
    born = people.dev("SELECT born FROM person")
    people.build(settings + "classification: {policy: open}\n")
    assert people.dev("SELECT pan FROM card") == before[0]
    assert people.dev("SELECT id || pan FROM card") != before[1]
    assert people.dev("SELECT born FROM person") == born


@pytest.mark.parametrize(
    ("masks", "told"),
    [
        ("public.person.ssn: full_name", "public.person.ssn: full_name makes one value of many"),
        ("public.person.email: first_name", "public.person.email: first_name makes one value of many"),
        ("public.person.born: phone", "public.person.born: phone cannot serve date: it is for text"),
        ("public.person.name: 'null'", "public.person.name: null cannot serve a column that is NOT NULL"),
        ("public.person.ssn: {kind: hash, length: 8}", "public.person.ssn: hash needs a length of 20 or more"),
        ("public.account.number: {kind: number, min: 1, max: 9}", "the source cannot compute it for every row"),
        ('public.card.pan: {sql: "left(pan, 0)::varchar(1) COLLATE nowhere"}', "the source refuses it"),
        (
            "{public.person.ssn: hash, public.visit.ssn: {kind: hash, length: 30}}",
            "keys say that they hold the same values",
        ),
        ("public.person.ssn: shuffle", "takes part in a key, and shuffle"),
        ("public.person.born: {kind: date_shift, by: sn}", "there is no column sn"),
    ],
)
def test_a_mask_that_cannot_be_is_refused_with_its_line(people: Both, masks: str, told: str) -> None:
    inner = masks if masks.startswith("{") else "{" + masks + "}"
    settings = f"classification: {{policy: open}}\nmasking:\n  columns: {inner}\n"
    done = people.run("direct", settings=settings, status=1)
    assert told in done.stderr
    assert "devdb.yaml:3" in done.stderr


def test_elements_of_arrays_are_masked_as_what_they_refer_to(people: Both) -> None:
    settings = """
sampling:
  default: none
  tables: {public.post: {where: id % 9 = 0}}
  virtual_keys: {post_tags: {child: public.post, columns: [codes], parent: public.tag}}
masking: {columns: {public.tag.code: hash}}
classification: {policy: open}
"""
    people.build(settings)
    query = "SELECT count(*) FROM post, unnest(codes) AS c JOIN tag ON tag.code = c"
    people.agrees(query, f"{query} WHERE post.id % 9 = 0")
    assert people.dev("SELECT c FROM post, unnest(codes) AS c WHERE c LIKE 'tag%'") == []


@pytest.mark.parametrize("reader", READERS)
def test_in_place_keys_are_masked_too(people: Both, reader: str) -> None:
    people.build(SOME + MASKS)
    before = people.contents(reader)
    people.run(reader, settings=SOME + MASKS + "target: {replace: in_place}\n", name="update-dev-db-schema")
    assert people.contents(reader) == before
