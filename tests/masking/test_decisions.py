"""Each column has one decision: the strictest class and the first mask of all that were given, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databases import new_database

from devdb.catalog import source as catalog
from devdb.catalog.model import Column, Name, Source, Table
from devdb.errors import Refused, SettingsError
from devdb.masking.decisions import Decision, Decisions, Label, decide, refuse_undecided
from devdb.server.cluster import Cluster
from devdb.settings import Mask, Settings
from devdb.sqltext.templates import Templates

COMPANY = """
CREATE SCHEMA hr;
CREATE DOMAIN email_address AS text;
CREATE TABLE person (
    id integer PRIMARY KEY, email email_address, phone varchar(20), ip inet, "Odd.Name" text,
    upper_phone text GENERATED ALWAYS AS (upper(phone)) STORED
);
CREATE TABLE visit (id integer, day date, note text) PARTITION BY RANGE (day);
CREATE TABLE visit_old PARTITION OF visit FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE VIEW everybody AS SELECT * FROM person;
CREATE TABLE hr.person (id integer, salary numeric(10, 2));
CREATE TABLE hr.staff (id integer, born date);
CREATE SCHEMA beside;
CREATE TABLE beside.thing (id integer);
"""
ALL = 'classification: {columns: {"*.*.*": public}}\n'
Decide = Callable[..., Decisions]


@pytest.fixture(scope="module")
def company(cluster: Cluster) -> Iterator[Source]:
    with new_database(cluster, COMPANY) as made:
        yield _read(made)


def _read(connection: psycopg.Connection[Any]) -> Source:
    templates = Templates()
    database = catalog.read_database(connection, templates)
    return catalog.read(connection, templates, database=database, schemas=["public", "hr"])


@pytest.fixture
def decided(company: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Decide:
    """Decide by settings, files beside them (their text by name), and labels (by column)."""

    def decided(text: str, *, labels: dict[str, str] | None = None, **files: str) -> Decisions:
        monkeypatch.chdir(tmp_path)
        Path("devdb.yaml").write_text(text)
        for name, content in files.items():
            Path(f"{name}.csv").write_text("table,column,class\n" + content)
        said = []
        for column, label in (labels or {}).items():
            schema, table, name = column.split(".")
            said.append(Label(Name(schema, table), name, label))
        return decide(company, Settings.load(Path("devdb.yaml")), said)

    return decided


def of(decisions: Decisions, column: str) -> Decision:
    schema, table, name = column.split(".", 2)
    return decisions.of(Name(schema, table), name)


def shown(decision: Decision) -> tuple[str | None, str | None, str | None, str | None, bool]:
    mask = None if decision.mask is None else str(decision.mask)
    return decision.classified, decision.class_from, mask, decision.mask_from, decision.is_decided


def undecided(decisions: Decisions) -> list[str]:
    return [f"{one.table.name}.{one.column.name}" for one in decisions.undecided]


def refused(decided: Decide, text: str, **more: Any) -> str:
    with pytest.raises(SettingsError) as failure:
        decided(text, **more)
    return str(failure.value)


def test_without_a_word_about_masks_nothing_is_undecided(decided: Decide) -> None:
    decisions = decided("")
    assert decisions.undecided == []
    assert all(one.mask is None for one in decisions.columns.values())


def test_as_soon_as_anything_is_said_every_other_column_is_undecided(decided: Decide) -> None:
    decisions = decided("masking: {columns: {hr.staff.born: null, hr.staff.id: keep}}")
    assert undecided(decisions) == [
        "hr.person.id",
        "hr.person.salary",
        "public.person.id",
        "public.person.email",
        "public.person.phone",
        "public.person.ip",
        "public.person.Odd.Name",
        "public.visit.id",
        "public.visit.day",
        "public.visit.note",
    ]
    assert shown(of(decisions, "hr.staff.born")) == (None, None, "null", "devdb.yaml:1", True)
    assert shown(of(decisions, "hr.staff.id")) == (None, None, None, "devdb.yaml:1", True)


def test_a_class_up_to_kept_decides_and_one_above_needs_a_mask(decided: Decide) -> None:
    text = """\
classification:
  columns:
    "*.*.*": public
    public.person.*: internal
    public.person.email: confidential
    public.person.phone: secret
masking:
  columns:
    public.person.phone: redact
    public.person.ip: ip
"""
    decisions = decided(text)
    assert undecided(decisions) == ["public.person.email"]
    assert shown(of(decisions, "hr.staff.id")) == ("public", "devdb.yaml:3", None, None, True)
    assert shown(of(decisions, "public.person.phone")) == ("secret", "devdb.yaml:6", "redact", "devdb.yaml:9", True)
    assert shown(of(decisions, "public.person.ip"))[::2] == ("internal", "ip", True)


def test_an_open_policy_lets_through_only_what_nobody_spoke_of(decided: Decide) -> None:
    decisions = decided("classification: {policy: open, columns: {hr.person.salary: secret}}")
    assert undecided(decisions) == ["hr.person.salary"]


def test_the_strictest_class_wins_over_all_sources(decided: Decide) -> None:
    text = """\
classification:
  files: [one.csv, two.csv]
  columns: {"*.*.*": public, hr.staff.id: secret}
masking: {columns: {"*.*.*": redact}}
"""
    decisions = decided(
        text,
        one="hr.person,salary,internal\nhr.staff,id,confidential\nhr.staff,born,secret\n",
        two="hr.person,salary,confidential\nhr.staff,born,\n",
        labels={
            "hr.person.salary": "MASKED WITH FUNCTION anon.noise(salary, 0.1)",
            "public.person.ip": "MASKED WITH VALUE NULL",
            "public.visit.id": "NOT MASKED",
        },
    )
    assert shown(of(decisions, "hr.person.salary"))[:2] == ("confidential", "two.csv:2")
    assert shown(of(decisions, "hr.staff.id"))[:2] == ("secret", "devdb.yaml:3")
    assert shown(of(decisions, "hr.staff.born"))[:2] == ("secret", "one.csv:4")
    assert shown(of(decisions, "public.person.ip"))[:2] == ("confidential", "security label")
    assert shown(of(decisions, "public.visit.id"))[:2] == ("public", "devdb.yaml:3")


def test_the_first_mask_wins_pattern_then_type_then_label(decided: Decide) -> None:
    text = """\
masking:
  columns: {"*.*.email": hash, public.person.email: email}
  types:
    varchar: phone
    text: redact
    public.email_address: username
"""
    labels = dict.fromkeys(("public.person.email", "public.person.phone", "public.person.ip"), "MASKED WITH VALUE NULL")
    decisions = decided(text, labels=labels)
    assert shown(of(decisions, "public.person.email"))[2:4] == ("email", "devdb.yaml:2")
    assert shown(of(decisions, "public.person.phone"))[2:4] == ("phone", "type varchar, devdb.yaml:4")
    assert shown(of(decisions, "public.person.Odd.Name"))[2:4] == ("redact", "type text, devdb.yaml:5")
    assert shown(of(decisions, "public.person.ip"))[2:4] == ("null", "security label")
    by_domain = decided("masking: {types: {text: redact, public.email_address: username}}")
    assert shown(of(by_domain, "public.person.email"))[2:4] == (
        "username",
        "type public.email_address, devdb.yaml:1",
    )
    by_base = decided("masking: {types: {text: redact}}")
    assert shown(of(by_base, "public.person.email"))[2] == "redact"


def test_labels_do_not_count_when_the_settings_say_so(decided: Decide) -> None:
    text = "classification: {security_labels: false}"
    decisions = decided(text, labels={"public.person.ip": "MASKED WITH VALUE NULL"})
    assert shown(of(decisions, "public.person.ip")) == (None, None, None, None, False)


def test_a_label_without_counterpart_is_told_and_its_column_undecided(decided: Decide) -> None:
    labels = {"public.person.ip": "MASKED WITH FUNCTION my.own(ip)", "hr.staff.id": "MASKED WITH FUNCTION my.own(id)"}
    decisions = decided(ALL + "masking: {columns: {hr.staff.id: number}}", labels=labels)
    assert undecided(decisions) == ["public.person.ip"]
    assert decisions.notes == (
        "the security label of public.person.ip has no counterpart here: MASKED WITH FUNCTION my.own(ip)",
    )


def test_partitions_have_the_decisions_of_their_table(decided: Decide) -> None:
    decisions = decided(
        "classification: {files: [list.csv]}",
        list="visit_old,note,secret\nvisit,note,public\n",
        labels={"public.visit_old.note": "MASKED WITH VALUE NULL"},
    )
    assert shown(of(decisions, "public.visit.note")) == ("secret", "list.csv:2", "null", "security label", True)
    assert (Name("public", "visit_old"), "note") not in decisions.columns


def test_generated_columns_follow_and_need_no_decision(decided: Decide) -> None:
    decisions = decided('masking: {columns: {"*.*.*": redact}}')
    assert shown(of(decisions, "public.person.upper_phone")) == (None, None, None, None, True)
    message = refused(decided, "masking: {columns: {public.person.upper_phone: redact}}")
    assert "devdb.yaml:1: public.person.upper_phone is generated\nHint: its values follow from" in message


def test_tables_are_found_as_people_write_them(decided: Decide) -> None:
    lines = "STAFF,Id,Secret\npublic.person,Odd.Name,PUBLIC\nHR.PERSON,SALARY,internal\neverybody,id,\n"
    decisions = decided("classification: {files: [list.csv]}", list=lines + "beside.thing,anything,secret\n")
    assert of(decisions, "hr.staff.id").classified == "secret"
    assert of(decisions, "public.person.Odd.Name").classified == "public"
    assert of(decisions, "hr.person.salary").classified == "internal"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("staf,id,secret", "list.csv:2, column 1: there is no table staf\nHint: did you mean staff?"),
        ("hr.staf,id,secret", "there is no table hr.staf\nHint: did you mean hr.staff?"),
        ("person,id,secret", "column 1: person is several tables\nHint: write one of hr.person, public.person"),
        ("hr.staff,borne,secret", "column 2: there is no column borne in hr.staff\nHint: did you mean born?"),
        ("hr.staff,born,sekret", "column 3: there is no class sekret\nHint: did you mean secret?"),
        ("hr.staff,born,x", "there is no class x\nHint: classes are public, internal, confidential, secret"),
    ],
)
def test_a_row_about_nothing_is_refused_with_its_cell(decided: Decide, line: str, words: str) -> None:
    message = refused(decided, "classification: {files: [list.csv]}", list=line)
    assert message.startswith("list.csv:2, column ")
    assert words in message


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("hr.staff.borne", "there is no such column in the source\nHint: did you mean born?"),
        ("hr.staf.born", "there is no such column in the source\nHint: did you mean hr.staff?"),
        ("hr.*.borne", "there is no such column in the source\nHint: did you mean born?"),
        ('"*.*.q*"', "no column matches in the source"),
        ("beside.thing.id", "Hint: beside is not among source.schemas"),
        ("public.visit_old.note", "Hint: public.visit_old is a partition of public.visit: write that"),
        ("public.everybody.id", "Hint: public.everybody is a view: its rows follow from tables"),
    ],
)
def test_a_pattern_that_matches_nothing_is_refused_with_its_line(decided: Decide, column: str, words: str) -> None:
    chosen = "source: {schemas: [public, hr]}\n"
    message = refused(decided, f"{chosen}masking:\n  columns:\n    {column}: redact\n")
    name = column.strip('"')
    assert message.startswith(f"devdb.yaml:4: masking.columns.{name}: ")
    assert "no column matches" in message or words in message
    message = refused(decided, f"{chosen}classification:\n  columns:\n    {column}: secret\n")
    assert message.startswith(f"devdb.yaml:4: classification.columns.{name}: ")
    assert words.partition("\n")[2] in message


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("public.emailaddress", "no column has this type\nHint: did you mean public.email_address?"),
        ("email_adress", "no column has this type\nHint: did you mean public.email_address?"),
    ],
)
def test_a_type_that_is_not_there_is_refused_but_for_postgresqls_own(decided: Decide, said: str, words: str) -> None:
    assert words in refused(decided, f"masking: {{types: {{{said}: hash}}}}")
    decided("masking: {types: {cidr: ip, macaddr: mac, 'text[]': null}}")


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        ("{kind: date_shift, by: idd}", "by of hr.staff: there is no column idd\nHint: did you mean id?"),
        ("{sql: born - idd}", "sql of hr.staff: there is no column idd\nHint: did you mean id?"),
        ("{kind: array, element: {sql: idd}}", "sql of hr.staff: there is no column idd"),
    ],
)
def test_a_column_that_a_mask_reads_must_be_there(decided: Decide, mask: str, words: str) -> None:
    assert words in refused(decided, f"masking: {{columns: {{hr.staff.born: {mask}}}}}")
    decided(f"masking: {{columns: {{hr.staff.born: {mask}}}}}\nsampling: {{tables: {{hr.staff: empty}}}}")


def test_keeping_what_somebody_classified_higher_is_refused_with_both_places(decided: Decide) -> None:
    text = 'masking:\n  columns:\n    "*.*.id": keep\nclassification: {files: [list.csv]}\n'
    message = refused(decided, text, list="hr.staff,id,internal\nhr.person,id,secret\n")
    assert message == (
        "devdb.yaml:3: hr.person.id is kept (devdb.yaml:3), but its class is secret (list.csv:3)\n"
        "Hint: values are kept up to internal: mask the column, or correct its class"
    )


def test_all_mistakes_are_told_at_once(decided: Decide) -> None:
    text = "masking: {columns: {a.b.c: ip, hr.staff.id: keep}}\nclassification: {files: [list.csv, gone.csv]}\n"
    message = refused(decided, text, list="hr.staff,id,secret\nx,y,z\n")
    assert message.startswith("4 mistakes in the settings:\n")


def test_a_mask_that_comes_by_a_key_decides(decided: Decide) -> None:
    decision = of(decided("masking: {}"), "hr.staff.id")
    assert not decision.is_decided
    assert replace(decision, mask=Mask.of("number"), mask_from="refers to hr.person.id").is_decided


def propose_email(_: Table, column: Column) -> str | None:
    return "confidential, email" if column.name == "email" else None


def test_what_is_undecided_is_listed_with_a_proposal(decided: Decide) -> None:
    assert decided(ALL).undecided == []
    refuse_undecided([], propose_email)
    decisions = decided("classification: {columns: {hr.*.*: public, public.visit.*: public, public.person.ip: secret}}")
    with pytest.raises(Refused) as failure:
        refuse_undecided(decisions.undecided, propose_email)
    assert str(failure.value) == (
        "5 columns have neither a mask nor a class whose values are kept:\n"
        "  column                    type                   class   proposal\n"
        "  public.person.id          integer\n"
        "  public.person.email       public.email_address           confidential, email\n"
        "  public.person.phone       character varying(20)\n"
        "  public.person.ip          inet                   secret\n"
        '  public.person."Odd.Name"  text\n'
        "Hint: decide in masking.columns or classification.columns; devdb classify --write begins with its proposals"
    )
