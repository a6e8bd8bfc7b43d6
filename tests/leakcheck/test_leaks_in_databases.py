"""Raw values are found wherever the dev database holds them, and are shown nowhere."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from leaking import Leaking, all_text, found
from psycopg import ClientCursor

from devdb.errors import Refused, ScriptFailed
from devdb.leakcheck.verdict import refuse
from devdb.settings.mask import Mask


def test_a_clean_database_raises_no_alarm(world: Leaking) -> None:
    report = world.check()
    assert found(report) == set()
    assert report.columns == 10
    assert report.values > 1200
    assert report.rows == 40 + 150 + 50 + 150
    assert report.skipped == {
        "public.person.born": "dates are not telling",
        "public.person.is_admin": "booleans are not telling",
    }
    assert "no leak: " in report.summary
    assert next(line for line in world.heard.lines if line.startswith("searching ")) == "searching public.Empty"


def test_what_a_kept_column_holds_at_the_source_is_a_note(world: Leaking) -> None:
    report = world.check()
    assert report.notes == (
        "public.city.name holds 40 values of public.person.city:"
        " the column is kept, and holds the very values at the source",
    )


def test_what_only_the_dev_database_s_kept_column_holds_is_a_leak(world: Leaking) -> None:
    world.dev.execute("UPDATE city SET name = %s WHERE id = 3", [world.raw("tags[1]")])
    assert found(world.check()) == {("public.city.name", "tags")}


def test_a_kept_copy_of_what_tells_persons_apart_is_a_leak(world: Leaking) -> None:
    world.source.execute("UPDATE note SET body = (SELECT email FROM person AS p WHERE p.id = note.person_id)")
    try:
        world.dev.execute("UPDATE note SET body = %s WHERE id = 17", [world.raw("email")])
        report = world.check()
        assert found(report) == set()
        assert any("public.note.body holds 1 value of public.person.email" in note for note in report.notes)
        world.dev.execute("UPDATE note SET body = 'Anna.Nr' || id || '@firma-' || id % 7 || '.de'")
        assert found(world.check()) == {("public.note.body", "email")}
    finally:
        world.source.execute("UPDATE note SET body = 'nothing to see here, number ' || id")


# SQL over the raw row p, and the column whose value is in it.
PLANTS = [
    ("jsonb_build_object('to', jsonb_build_array(p.email))", "email"),
    ("json_build_object(p.email, 1)", "email"),
    ("'Please write to ' || p.email || ', thanks.'", "email"),
    ("E'first line\\n' || p.email || E'\\nlast\\tline'", "email"),
    ("to_jsonb(E'first line\\n' || p.email || E'\\nlast')", "email"),
    ("upper(p.email)", "email"),
    ("'https://x.de/?mail=' || replace(p.email, '@', '%40') || '&x=1'", "email"),
    ("'https://x.de/?to=%22' || replace(p.email, '@', '%40') || '%22'", "email"),
    ("'<a href=\"mailto:' || p.email || '\">'", "email"),
    ("ARRAY['x', p.email]", "email"),
    ("ROW(NULL, p.email)::address", "email"),
    ("ARRAY[ROW(NULL, p.email)::address]", "email"),
    ("convert_to('x ' || p.email, 'UTF8')", "email"),
    ("'call ' || p.phone", "phone"),
    ("'call ' || replace(p.phone, ' ', '')", "phone"),
    ("p.secret_number", "secret_number"),
    ("ARRAY[1, p.secret_number, 2]", "secret_number"),
    ("jsonb_build_object('n', p.secret_number)", "secret_number"),
    ("p.nested", "nested"),
    ("p.nested->>'mail'", "nested"),
    ("ARRAY[p.nested->>'mail']", "nested"),
    ("ARRAY[p.nested]", "nested"),
    ("ROW(p.nested->>'mail', NULL)::address", "nested"),
    ("p.tags", "tags"),
    ("p.tags[1] || '!'", "tags"),
    ("jsonb_build_array(p.tags)", "tags"),
    ("ROW(p.tags[1], NULL)::address", "tags"),
    ("ARRAY[ROW(p.tags[1], NULL)::address]", "tags"),
    ("p.home", "home"),
    ("upper((p.home).street)", "home"),
    ("to_jsonb((p.home).street)", "home"),
    ("replace(to_json((p.home).street)::text, 'ß', '\\u00df')::json", "home"),
    ("'from ' || host(p.host)", "host"),
    ("p.host", "host"),
    ("'badge-' || p.badge", "badge"),
    ("replace(p.badge::text, '-', '')", "badge"),
    ("p.photo", "photo"),
]
RAW = ("email", "phone", "secret_number", "nested->>'mail'", "tags[1]", "(home).street", "host(host)", "badge")


def plant(world: Leaking) -> dict[str, str]:
    """A table for each of PLANTS; returns the masked column by the place in which its value is to be found."""
    copied = world.source.execute("SELECT p::text FROM person AS p WHERE id = 17").fetchone()
    world.dev.execute("CREATE SCHEMA plant")
    for number, (expression, _) in enumerate(PLANTS):
        rows = f"SELECT 0 AS id, {expression.replace('%', '%%')} AS x FROM (SELECT (%s::person).*) AS p"
        with ClientCursor(world.dev) as cursor:
            cursor.execute(f"CREATE TABLE plant.t{number} AS {rows}", copied)  # type: ignore[arg-type]
    return {f"plant.t{number}.x": column for number, (_, column) in enumerate(PLANTS)}


def test_a_planted_value_is_found_and_not_shown(
    world: Leaking, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    planted = plant(world)
    report = world.check()
    assert found(report) == set(planted.items())
    with pytest.raises(Refused) as refused:
        refuse(report.leaks)
    out, err = capfd.readouterr()
    seen = "\n".join([all_text(report, world.heard.lines), str(refused.value), caplog.text, out, err]).casefold()
    assert "plant.t0.x" in str(refused.value)
    assert [raw for raw in RAW if world.raw(raw).casefold() in seen] == []


def test_texts_that_are_no_rows_are_searched_too(world: Leaking) -> None:
    mail, street = world.raw("email"), world.raw("(home).street")
    world.dev.execute(f"COMMENT ON COLUMN note.body IS 'as in {mail}'")  # type: ignore[arg-type]
    world.dev.execute(f"ALTER TABLE note ALTER body SET DEFAULT '{mail}'")  # type: ignore[arg-type]
    world.dev.execute(f"CREATE VIEW important AS SELECT id FROM note WHERE body = '{mail}'")  # type: ignore[arg-type]
    world.dev.execute(f"ALTER TABLE note ADD CHECK (body <> '{street}')")  # type: ignore[arg-type]
    world.dev.execute(f"CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$SELECT '{mail}'$$")  # type: ignore[arg-type]
    assert found(world.check()) == {
        ("comment of column body of table public.note", "email"),
        ("default of column body of table public.note", "email"),
        ("definition of view public.important", "email"),
        ("definition of constraint note_body_check on table public.note", "home"),
        ("body of function public.f()", "email"),
    }


def test_a_name_that_is_a_value_is_not_shown(world: Leaking) -> None:
    mail = world.raw("email")
    world.dev.execute(f"CREATE TABLE \"{mail}\" AS SELECT '{mail}' AS x")  # type: ignore[arg-type]
    world.dev.execute(f"""COMMENT ON TABLE "{mail}" IS '{mail}'""")  # type: ignore[arg-type]
    report = world.check()
    assert len(report.leaks) == 2
    assert mail.casefold() not in "\n".join(map(str, [*report.leaks, report.summary])).casefold()


def test_a_mask_that_was_forgotten_is_found_in_the_column_and_what_is_made_of_it(world: Leaking) -> None:
    world.dev.execute("UPDATE person SET email = 'Anna.Nr' || id || '@firma-' || id % 7 || '.de' WHERE id <= 40")
    world.dev.execute("REFRESH MATERIALIZED VIEW mails")
    report = world.check()
    assert found(report) == {("public.person.email", "email"), ("public.mails.email", "email")}
    assert {(leak.count, leak.values) for leak in report.leaks} == {(40, 40)}


def test_a_longer_word_or_number_is_another_value(world: Leaking) -> None:
    others = [
        f"{prefix}{world.raw(expression)}{suffix}"
        for expression, prefix, suffix in (
            ("email", "x", ""),
            ("email", "ä", ""),
            ("email", "", "m"),
            ("secret_number", "4", ""),
            ("secret_number", "", "1"),
            ("secret_number", "0.", ""),
            ("secret_number", "", ".5"),
            ("host(host)", "1", ""),
        )
    ]
    world.dev.execute("UPDATE note SET tags = %s, doc = to_jsonb(%s::text[]) WHERE id = 3", [others, others])
    assert found(world.check()) == set()


def test_needles_are_of_rows_that_were_taken(world: Leaking) -> None:
    """Of a large table no sample of the source's own would meet the few rows that are here."""
    world.dev.execute("DELETE FROM person WHERE id <> 120")
    world.dev.execute("UPDATE note SET body = %s WHERE id = 3", [world.raw("email", id=120)])
    assert found(world.check(values=5)) == {("public.note.body", "email")}


def test_without_a_kept_key_values_are_of_any_rows(world: Leaking) -> None:
    world.masks = {**world.masks, "id": "number"}
    world.dev.execute("DELETE FROM person WHERE id <> 120")
    report = world.check()
    assert report.values > 1200
    assert report.skipped["public.person.id"] == "no values"
    assert found(report) == set()


def test_a_column_that_vanished_is_skipped_and_the_others_are_not(world: Leaking) -> None:
    described = world.catalog()
    with world.source.transaction(force_rollback=True):
        world.source.execute("ALTER TABLE person DROP COLUMN phone, DROP COLUMN host")
        world.dev.execute("UPDATE note SET body = %s WHERE id = 3", [world.raw("email")])
        report = world.check(described=described)
    assert report.skipped["public.person.phone"] == "the column is no longer at the source"
    assert report.skipped["public.person.host"] == "the column is no longer at the source"
    assert found(report) == {("public.note.body", "email")}


def test_nothing_is_changed_at_either_side(world: Leaking) -> None:
    with world.source.transaction(force_rollback=True):
        world.source.execute("SET TRANSACTION READ ONLY")
        world.check()
        assert world.source.execute("SELECT 1").fetchone() == (1,)
    assert world.dev.info.transaction_status.name == "INTRANS"


def test_values_in_the_lists_that_a_mask_draws_from_are_not_searched_for(world: Leaking) -> None:
    world.dev.execute("UPDATE note SET body = %s WHERE id = 3", [world.raw("city") + " is nice"])
    # What a kept column holds at the source is nobody's secret elsewhere.
    report = world.check()
    assert found(report) == set()
    assert (
        "public.note.body holds 1 value of public.person.city:"
        " the column is kept, and other things are called by these words, too"
    ) in report.notes

    def known(mask: Mask) -> list[str]:
        return [f"STADT am Fluss Nr. {n}" for n in range(1, 60)] if mask.kind == "city" else []

    report = world.check(known=known)
    assert found(report) == set()
    assert not any("person.city" in note for note in report.notes)
    assert report.skipped["public.person.city"] == "no telling value (40 in the lists of names and places)"


def test_what_many_rows_have_is_a_category(world: Leaking) -> None:
    world.source.execute("UPDATE person SET phone = 'not known yet' WHERE id % 4 = 0")
    try:
        world.dev.execute("UPDATE note SET body = 'not known yet' WHERE id = 3")
        report = world.check()
        assert found(report) == set()
        assert report.told["public.person.phone"] == "1 too common, not searched for"
    finally:
        world.source.execute("UPDATE person SET phone = '+49 170 ' || 1000000 + id * 7919")


def test_masks_of_the_same_shape_may_meet_a_few_by_chance(world: Leaking) -> None:
    world.masks = {**world.masks, "secret_number": "pattern"}
    world.dev.execute("UPDATE person SET secret_number = 9000000000 + 18 * 1234567 WHERE id = 17")
    report = world.check()
    assert found(report) == set()
    assert any(note.endswith("as many as masks may put out by chance") for note in report.notes)
    world.dev.execute("UPDATE person SET secret_number = 9000000000 + id * 1234567")
    assert found(world.check()) == {("public.person.secret_number", "secret_number")}


def test_numbers_close_together_are_not_searched_for(world: Leaking) -> None:
    world.source.execute("UPDATE person SET secret_number = 10000000 + id")
    try:
        report = world.check()
        assert report.skipped["public.person.secret_number"] == "whole numbers close together are met by chance"
    finally:
        world.source.execute("UPDATE person SET secret_number = 9000000000 + id * 1234567::bigint")


def test_what_an_expression_leaves_as_it_is_is_left_on_purpose(world: Leaking) -> None:
    world.masks = {"email": {"sql": "CASE WHEN id = 17 THEN email ELSE 'x' END"}}
    world.dev.execute("UPDATE person SET email = %s WHERE id = 17", [world.raw("email")])
    assert found(world.check()) == set()
    world.dev.execute("UPDATE person SET email = %s WHERE id = 18", [world.raw("email", id=18)])
    assert found(world.check()) == {("public.person.email", "email")}


@pytest.mark.parametrize(
    ("rest", "expected"), [("keep", set[Any]()), ("null", {("public.note.tags", "nested")})], ids=["keep", "null"]
)
def test_of_documents_what_stays_is_not_searched_for(world: Leaking, rest: str, expected: set[Any]) -> None:
    world.masks = {"nested": {"kind": "json", "paths": {"$.other": "redact"}, "rest": rest}}
    world.dev.execute("UPDATE note SET tags = ARRAY[%s] WHERE id = 3", [world.raw("nested->>'mail'")])
    assert found(world.check()) == expected


def test_a_failure_quotes_no_value(world: Leaking) -> None:
    world.dev.execute("""
        CREATE FUNCTION loud(t text) RETURNS text LANGUAGE plpgsql AS $$BEGIN RAISE 'this is %', t; END$$;
        CREATE TABLE bait (a text, b text GENERATED ALWAYS AS ('') STORED);
        ALTER TABLE bait ENABLE ROW LEVEL SECURITY;
        ALTER TABLE bait FORCE ROW LEVEL SECURITY;
        CREATE POLICY p ON bait USING (loud(a) <> '');
        CREATE ROLE leakcheck_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO leakcheck_reader;
    """)
    world.dev.execute("INSERT INTO bait VALUES (%s)", [world.raw("email")])
    world.dev.execute("SET LOCAL ROLE leakcheck_reader")
    with pytest.raises(ScriptFailed) as failure:
        world.check()
    assert "public.bait" in str(failure.value)
    assert "Anna.Nr" not in str(failure.value)
