"""Names of a foreign source fold as it is asked for, fit, and stay apart."""

from __future__ import annotations

import pytest
from dictionary_parts import column, dictionary, table
from hypothesis import given
from hypothesis import strategies as st
from plain_dialect import PLAIN

from devdb.catalog.model import Name
from devdb.dictionary.dialect import Reading
from devdb.dictionary.model import Dictionary, IndexColumn, RemoteForeignKey, RemoteIndex, RemoteKey
from devdb.dictionary.names import Case, Wanted, folded, granted
from devdb.dictionary.schema import local_schema
from devdb.errors import SettingsError
from devdb.sqltext.quoting import fitting

anything = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=90)


def abouts(of: Dictionary, case: Case = "smart") -> list[str]:
    return [one.about for one in local_schema(of, PLAIN, Reading(case=case)).post_data]


@pytest.mark.parametrize(
    ("case", "name", "here"),
    [
        ("smart", "WELL_TAG", "well_tag"),
        ("smart", "WELL_1$#", "well_1$#"),
        ("smart", "ÉTÉ", "été"),
        ("smart", "ÉTé", "ÉTé"),
        ("smart", "WellTag", "WellTag"),
        ("smart", "well", "well"),
        ("smart", "123", "123"),
        ("lower", "WellTag", "welltag"),
        ("keep", "WELL_TAG", "WELL_TAG"),
    ],
)
def test_a_name_folds_as_it_is_asked_for(case: Case, name: str, here: str) -> None:
    assert folded(name, case) == here


@given(anything, st.text("_0123456789", max_size=12))
def test_a_cut_name_fits_and_what_fits_is_not_cut(name: str, suffix: str) -> None:
    cut = fitting(name, suffix)
    assert len(cut.encode()) <= 63
    assert cut.endswith(suffix)
    assert cut == name + suffix or len((name + suffix).encode()) > 63


def test_long_names_that_begin_alike_stay_apart() -> None:
    long = "measurement_" * 7
    schema = local_schema(
        dictionary(table("APP", long + "a", column(long + "x"), column(long + "y")), table("APP", long + "b")),
        PLAIN,
        Reading(),
    )
    one, other = schema.tables
    assert one.name != other.name
    assert len({c.name for c in one.columns}) == 2
    (note,) = (note for note in schema.notes if note.startswith("Names cut"))
    assert f"APP.{long}a ({one.name.name})" in note


def test_names_that_become_one_are_refused_together() -> None:
    mixed = dictionary(
        table("APP", "Well", column("Id"), column("ID"), column("id")), table("APP", "WELL"), table("App", "T")
    )
    with pytest.raises(SettingsError) as refusal:
        local_schema(mixed, PLAIN, Reading(case="lower"))
    assert "APP and App would all be called app" in refusal.value.message
    assert "APP.WELL and APP.Well would all be called well" in refusal.value.message
    assert "APP.Well.ID and APP.Well.Id and APP.Well.id would all be called id" in refusal.value.message
    assert "source.case: keep" in refusal.value.message
    assert len(local_schema(mixed, PLAIN, Reading(case="keep")).tables) == 3


def test_a_sequence_and_a_table_share_their_names() -> None:
    one = dictionary(table("APP", "well"), sequences=["WELL"])
    with pytest.raises(SettingsError, match=r"APP\.WELL and APP\.well would all be called well"):
        local_schema(one, PLAIN, Reading())


def test_a_column_called_as_one_of_postgresql_itself_is_in_upper_case() -> None:
    (made,) = local_schema(dictionary(table("GEO", "BOX", column("XMIN"), column("ctid"))), PLAIN, Reading()).tables
    assert [one.name for one in made.columns] == ["XMIN", "CTID"]


@pytest.mark.parametrize("name", ["pg_backup", "PG_TOAST", "information_schema"])
def test_a_schema_called_as_those_of_postgresql_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=f"schema {name} would be called") as refusal:
        local_schema(dictionary(table(name, "T")), PLAIN, Reading())
    assert "source.schemas" in (refusal.value.hint or "")


def test_indexes_that_share_a_name_get_their_tables_and_others_keep_theirs() -> None:
    def indexed(name: str) -> object:
        return table(
            "shop",
            name,
            column("id"),
            column("day"),
            primary_key=RemoteKey("PRIMARY", ("id",)),
            unique_keys=(RemoteKey("day", ("day", "id")),),
            indexes=(RemoteIndex(f"of_{name}", (IndexColumn("day"),)), RemoteIndex("client", (IndexColumn("day"),))),
        )

    assert abouts(dictionary(indexed("client"), indexed("item"))) == [
        "key client_pkey of shop.client",
        "key client_day of shop.client",
        "index client_client of shop.client",
        "index of_client of shop.client",
        "key item_pkey of shop.item",
        "key item_day of shop.item",
        "index item_client of shop.item",
        "index of_item of shop.item",
    ]


def test_names_that_the_source_made_up_are_those_that_postgresql_would() -> None:
    well = table(
        "APP", "WELL", column("ID"), column("TAG"), column("OWNER"),
        primary_key=RemoteKey("SYS_C007", ("ID",)),
        unique_keys=(RemoteKey("UQ__well__3213E83F1A2B", ("TAG", "OWNER")),),
        foreign_keys=(
            RemoteForeignKey("SYS_C009", ("OWNER",), ("APP", "WELL"), ("ID",)),
            RemoteForeignKey("SYS_C010", ("TAG",), ("APP", "WELL"), ("ID",)),
        ),
    )  # fmt: skip
    assert abouts(dictionary(well)) == [
        "key well_pkey of app.well",
        "key well_tag_owner_key of app.well",
        "foreign key well_owner_fkey of app.well",
        "foreign key well_tag_fkey of app.well",
    ]


def test_numbered_rows_leave_the_names_of_tables_alone() -> None:
    numbered = table("app", "t", column("id", identity="always"))
    schema = local_schema(dictionary(numbered, table("app", "t_id_seq")), PLAIN, Reading())
    (numbering,) = schema.numberings
    assert (numbering.table, numbering.column) == (Name("app", "t"), "id")
    assert numbering.name.name.startswith("t_id_seq_")


@given(
    st.lists(
        st.builds(
            Wanted,
            *[st.sampled_from(("t", "u" * 60))],
            st.tuples(st.sampled_from("ab")),
            *[st.sampled_from(("x", "t_x", "y" * 70))] * 2,
            st.just("d"),
        ),
        max_size=12,
    ),
    st.randoms(),
)
def test_every_wish_gets_a_name_of_its_own_whatever_the_order(wishes: list[Wanted], chance) -> None:  # fmt: skip
    taken = {"x", "t_x"}
    names = granted(wishes, taken)
    assert len({*names, *taken}) == len(wishes) + 2
    order = chance.sample(range(len(wishes)), len(wishes))
    again = granted([wishes[one] for one in order], taken)
    assert sorted(zip((wishes[one] for one in order), again, strict=True)) == sorted(zip(wishes, names, strict=True))
