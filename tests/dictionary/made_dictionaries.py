"""Dictionaries of any shape, for properties: names that hurt, keys that go round in circles, types that do not fit."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from devdb.dictionary.model import (
    Dictionary,
    IndexColumn,
    RemoteCheck,
    RemoteColumn,
    RemoteForeignKey,
    RemoteIndex,
    RemoteKey,
    RemoteSequence,
    RemoteTable,
)

# Types of one family go together in keys.
FAMILIES = (
    ("smallint", "integer", "bigint", "numeric", "numeric(12,2)", "double precision", "flag", "boolean"),
    ("text", "varchar(20)", "char(5)"),
    ("date", "timestamp(0)"),
    ("uuid", "bytea"),
)
OTHERS = ("timestamptz", "json", "lob")
FAMILY = {name: family for family in FAMILIES for name in family}
TYPES = (*FAMILIES[0], *FAMILIES[0], *FAMILY, *OTHERS)
ACTIONS = ("NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT")
SCHEMAS = ("WELLS", "Shop", 'o"dd ß', "public")

# Few of each, so that they meet: the same in another case, with a suffix of ours, too long, or a system column's.
words = st.sampled_from((
    "ID", "id", "Id", "xmin", "CTID", "select", "a b", 'q"uote', "$$", "é" * 40, "É" * 40, "n" * 70, "N" * 70, "n" * 71,
    "PRIMARY", "SYS_C001234", "T_ID_seq", "T_pkey", "t_id_key", "T", "t_ID_not_null", "_T", "%", "ß", "İ", ".",
))  # fmt: skip
names = st.one_of(words, st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40))


def distinct(case: str) -> object:
    """What tells names apart when they are folded so."""
    return {
        "keep": lambda name: name,
        "lower": str.lower,
        "smart": lambda name: name.lower() if name.isupper() else name,
    }[case]


@st.composite
def dictionaries(draw, case: str) -> Dictionary:
    """A dictionary whose names do not become one when folded; all else may be wrong."""
    folded = distinct(case)
    schemas = draw(st.lists(st.sampled_from(SCHEMAS), min_size=1, max_size=2, unique=True))
    tables = []
    sequences = []
    for schema in schemas:
        called = draw(st.lists(names, min_size=1, max_size=4, unique_by=folded))
        several = draw(st.integers(1, len(called)))
        tables += [draw(_tables(schema, name, folded)) for name in called[:several]]
        sequences += [draw(_sequences(schema, name)) for name in called[several:]]
    tables = [replace(table, foreign_keys=tuple(draw(_foreign_keys(table, tables)))) for table in tables]
    return Dictionary("made", tuple(schemas), tuple(tables), tuple(sequences))


@st.composite
def _tables(draw, schema: str, name: str, folded) -> RemoteTable:
    columns = tuple(
        RemoteColumn(
            name=column,
            type=draw(st.sampled_from(TYPES)),
            not_null=draw(st.booleans()),
            identity=draw(st.sampled_from(("", "", "", "always", "by default"))),
            default=draw(st.sampled_from((None, None, "1", "now()", "!", "USER", "it's", "nextval(nothing)"))),
            generated=draw(st.sampled_from((None, None, None, "1", "now()", "id + 1", "!"))),
            comment=draw(st.sampled_from((None, "it's $$ \\"))),
        )
        for column in draw(st.lists(names, min_size=1, max_size=4, unique_by=lambda one: folded(one.upper())))
    )
    chosen = st.lists(st.sampled_from([column.name for column in columns]), min_size=1, max_size=3, unique=True)
    keys = draw(st.dictionaries(names, chosen.map(tuple), max_size=3))
    indexes = draw(st.dictionaries(names, chosen.map(tuple), max_size=3))
    primary, *unique = [RemoteKey(*item) for item in keys.items()] or [None]
    return RemoteTable(
        schema=schema,
        name=name,
        kind=draw(st.sampled_from(("table", "table", "table", "temporary", "external"))),
        columns=columns,
        primary_key=primary,
        unique_keys=tuple(unique),
        checks=tuple(
            RemoteCheck(check, draw(st.sampled_from(("1 = 1", "id > 0", "!", "x y", "1 = 1) OR (1 = 1", "true -- "))))
            for check in draw(st.lists(names, max_size=2, unique=True))
        ),
        indexes=tuple(
            RemoteIndex(
                index,
                (
                    *(IndexColumn(column, is_descending=draw(st.booleans())) for column in of),
                    *draw(st.sampled_from(((), (IndexColumn(None, "lower('x')"),), (IndexColumn(None, "id"),)))),
                ),
                is_unique=draw(st.booleans()),
            )
            for index, of in indexes.items()
        ),
        comment=draw(st.sampled_from((None, "it's"))),
    )


@st.composite
def _sequences(draw, schema: str, name: str) -> RemoteSequence:
    number = st.sampled_from((None, 0, 1, 5, -5, 10**28, -(10**27), 2**63 - 1))
    return RemoteSequence(
        schema=schema,
        name=name,
        start=draw(number),
        increment=draw(number) or 0,
        minimum=draw(number),
        maximum=draw(number),
        cache=draw(st.sampled_from((None, 0, 20))),
        is_cyclic=draw(st.booleans()),
        last_value=draw(number),
    )


@st.composite
def _referring(draw, table: RemoteTable, type_name: str) -> str:
    """A column that may refer to one of this type, or any if there is none such."""
    fitting = [one.name for one in table.columns if one.type in FAMILY.get(type_name, (type_name,))]
    return draw(st.sampled_from(fitting or [one.name for one in table.columns]))


@st.composite
def _foreign_keys(draw, table: RemoteTable, tables: list[RemoteTable]):
    found = []
    for name in draw(st.lists(names, max_size=3, unique=True)):
        parent = draw(st.sampled_from(tables))
        unique = [key.columns for key in (parent.primary_key, *parent.unique_keys) if key is not None]
        there = draw(st.sampled_from([*unique, tuple(column.name for column in parent.columns[:1])]))
        found.append(
            RemoteForeignKey(
                name=name,
                columns=tuple(draw(_referring(table, parent.column[column].type)) for column in there),
                parent=draw(st.sampled_from(((parent.schema, parent.name),) * 5 + (("gone", "gone"),))),
                parent_columns=there,
                on_delete=draw(st.sampled_from(ACTIONS)),
                on_update=draw(st.sampled_from(ACTIONS)),
                is_deferrable=draw(st.booleans()),
                is_deferred=draw(st.booleans()),
                is_validated=draw(st.booleans()),
            )
        )
    return found
