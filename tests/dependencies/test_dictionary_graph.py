"""What a source that is not PostgreSQL needs follows from its dictionary: keys, triggers, packages, synonyms."""

from __future__ import annotations

from devdb.dependencies.dictionary import graph
from devdb.dependencies.finding import find
from devdb.dictionary.model import (
    Dictionary,
    RemoteColumn,
    RemoteDependency,
    RemoteForeignKey,
    RemoteSequence,
    RemoteTable,
    RemoteTrigger,
)


def table(name: str, *parents: str, schema: str = "HR", kind: str = "table", default: str | None = None) -> RemoteTable:
    keys = tuple(RemoteForeignKey(f"FK_{parent}", ("P",), (schema, parent), ("ID",)) for parent in parents)
    return RemoteTable(schema, name, kind, (RemoteColumn("ID", "number", default=default),), foreign_keys=keys)


def depends(of: str, of_type: str, needs: str, needs_type: str, schema: str = "HR") -> RemoteDependency:
    return RemoteDependency(("HR", of, of_type), (schema, needs, needs_type))


DICTIONARY = Dictionary(
    "Oracle, made up",
    ("HR", "APP"),
    (
        table("STAFF", "POST", "STAFF"),
        table("POST", "STAFF", default='"HR"."POST_SEQ"."NEXTVAL"'),
        table("LOST", "GONE"),
        table("Odd one"),
        table("RECENT", kind="view"),
        table("DAILY"),
        table("LOG", schema="APP"),
        table("SCRATCH", kind="temporary"),
    ),
    sequences=(RemoteSequence("HR", "POST_SEQ", 1, 1, None, None),),
    triggers=(RemoteTrigger("HR", "STAFF", "STAFF_BI"),),
    dependencies=(
        depends("RECENT", "VIEW", "STAFF_S", "SYNONYM"),
        depends("STAFF_S", "SYNONYM", "STAFF", "TABLE"),
        depends("STAFF_BI", "TRIGGER", "STAFF", "TABLE"),
        depends("STAFF_BI", "TRIGGER", "PAY", "PACKAGE"),
        depends("PAY", "PACKAGE BODY", "PAY", "PACKAGE"),
        depends("PAY", "PACKAGE BODY", "LOG", "TABLE", "APP"),
        depends("PAY", "PACKAGE BODY", "SCRATCH", "TABLE"),
        depends("PAY", "PACKAGE BODY", "VANISHED", "NON-EXISTENT"),
        depends("PAY", "PACKAGE", "MONEY", "TYPE"),
        depends("MONEY", "TYPE BODY", "MONEY", "TYPE"),
        depends("DAILY", "MATERIALIZED VIEW", "POST", "TABLE"),
        depends("STAFF", "TABLE", "MONEY", "TYPE"),
    ),
)


def needs(name: str, type: str | None = None, **more):
    made = graph(DICTIONARY, **more)
    return {str(need.needs): need.kind for need in made.needs_of.get(find(made, name, type=type), ())}


def test_keys_make_a_cycle():
    assert needs("hr.staff") == {
        "table HR.POST": "fk",
        "trigger STAFF_BI on HR.STAFF": "trigger",
        "type HR.MONEY": "type",
    }
    assert needs("hr.post") == {"table HR.STAFF": "fk", "sequence HR.POST_SEQ": "sequence"}


def test_a_trigger_belongs_to_its_table_and_runs_a_package():
    assert needs("hr.staff_bi") == {"table HR.STAFF": "trigger", "package HR.PAY": "trigger"}


def test_a_package_comes_with_its_body():
    assert needs("hr.pay", "package") == {"package body HR.PAY": "routine", "type HR.MONEY": "routine"}
    assert needs("hr.pay", "package body") == {
        "package HR.PAY": "routine",
        "table APP.LOG": "routine",
        "temporary table HR.SCRATCH": "routine",
    }
    made = graph(DICTIONARY)
    (after,) = [need for need in made.needs if need.needs.type == "package body"]
    assert not after.is_first


def test_a_synonym_is_followed_to_what_it_stands_for():
    assert needs("hr.recent") == {"synonym HR.STAFF_S": "view"}
    assert needs("hr.staff_s") == {"table HR.STAFF": "synonym"}


def test_a_public_synonym_leads_on_to_the_table_through_another_schema_s():
    told = (
        (("HR", "ROSTER", "VIEW"), ("PUBLIC", "STAFF", "SYNONYM")),
        (("HR", "PAY", "PACKAGE BODY"), ("PUBLIC", "STAFF", "SYNONYM")),
        (("PUBLIC", "STAFF", "SYNONYM"), ("ALIASES", "STAFF_S", "SYNONYM")),
        (("ALIASES", "STAFF_S", "SYNONYM"), ("HR", "STAFF", "TABLE")),
        # As Oracle lets them be made, though nobody can read them.
        (("PUBLIC", "RING", "SYNONYM"), ("ALIASES", "RING", "SYNONYM")),
        (("ALIASES", "RING", "SYNONYM"), ("PUBLIC", "RING", "SYNONYM")),
    )
    dependencies = tuple(RemoteDependency(of, needs) for of, needs in told)
    tables = (table("STAFF"), table("ROSTER", kind="view"))
    made = graph(Dictionary("", ("ALIASES", "HR"), tables, dependencies=dependencies), ["HR"])
    for name, type in (("hr.roster", "view"), ("hr.pay", "package body")):
        closure = made.needed([find(made, name, type=type)])
        assert [str(thing) for thing in closure.things if thing.type != type] == [
            "synonym PUBLIC.STAFF",
            "synonym ALIASES.STAFF_S",
            "table HR.STAFF",
        ]
    ring = made.needed([find(graph(Dictionary("", (), (), dependencies=dependencies)), "aliases.ring", type="synonym")])
    assert len(ring.things) == 2


def test_what_the_dictionary_tells_twice_is_one_thing():
    """A materialized view is listed as a table, too."""
    assert needs("hr.daily") == {"table HR.POST": "default"}
    assert [thing.type for thing in graph(DICTIONARY).things if thing.name == "DAILY"] == ["table"]


def test_what_is_not_there_cannot_be_known():
    made = graph(DICTIONARY)
    told = {(str(one.of), one.reason) for one in made.unknown}
    assert told == {
        ("table HR.LOST", "the parent of FK_GONE, HR.GONE, cannot be seen"),
    }


def test_oracles_note_of_a_name_that_is_not_there_is_no_object():
    assert "VANISHED" not in {thing.name for thing in graph(DICTIONARY).things}


def test_a_name_with_odd_characters_is_quoted():
    assert find(graph(DICTIONARY), 'hr."Odd one"').identity == 'HR."Odd one"'


def test_schemas_are_chosen_in_any_case():
    made = graph(DICTIONARY, ["hr"])
    assert made.schemas == ("HR",)


def test_sequences_of_mariadb_and_sql_server():
    for default in ("nextval(`shop`.`seq`)", "(NEXT VALUE FOR [shop].[seq])"):
        made = graph(
            Dictionary(
                "",
                ("shop",),
                (table("t", schema="shop", default=default),),
                sequences=(RemoteSequence("shop", "seq", 1, 1, None, None),),
            )
        )
        assert [str(need.needs) for need in made.needs] == ["sequence shop.seq"]
