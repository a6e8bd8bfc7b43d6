"""The statements that make a schema, one kind of thing each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from devdb.catalog.model import Name
from devdb.dictionary.dialect import Fetched
from devdb.dictionary.expressions import regclass
from devdb.dictionary.keys import LocalForeignKey, LocalKey
from devdb.dictionary.local import LocalTable, Statement
from devdb.dictionary.model import RemoteSequence
from devdb.sqltext.quoting import ident, literal

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


def schema(name: str) -> Statement:
    return Statement(f"CREATE SCHEMA IF NOT EXISTS {ident(name)}", f"schema {name}")


def sequence(name: Name, remote: RemoteSequence) -> Statement:
    """CREATE SEQUENCE, with bounds that a bigint can hold."""
    step = _within(remote.increment, _LOWEST, _HIGHEST) or 1
    lowest, highest = (1, _HIGHEST) if step > 0 else (_LOWEST, -1)
    least = _within(lowest if remote.minimum is None else remote.minimum, _LOWEST, _HIGHEST)
    most = _within(highest if remote.maximum is None else remote.maximum, _LOWEST, _HIGHEST)
    if least >= most:
        least, most = lowest, highest
    words = [f"CREATE SEQUENCE {name.sql}"]
    if step != 1:
        words.append(f"INCREMENT BY {step}")
    if least != lowest:
        words.append(f"MINVALUE {least}")
    if most != highest:
        words.append(f"MAXVALUE {most}")
    if remote.start is not None:
        words.append(f"START WITH {_within(remote.start, least, most)}")
    if remote.cache is not None and remote.cache > 1:
        words.append(f"CACHE {_within(remote.cache, 1, _HIGHEST)}")
    if remote.is_cyclic:
        words.append("CYCLE")
    return Statement(" ".join(words), f"sequence {name}")


def position(remote: RemoteSequence) -> int | None:
    """Where the sequence stands, if one of ours can stand there."""
    value = remote.last_value
    if value is None:
        return None
    least = _LOWEST if remote.minimum is None else remote.minimum
    most = _HIGHEST if remote.maximum is None else remote.maximum
    return value if max(least, _LOWEST) <= value <= min(most, _HIGHEST) else None


def table(
    of: LocalTable, *, not_null: Collection[str], identities: Mapping[str, Name], generated: Mapping[str, str]
) -> Statement:
    """CREATE TABLE. By the names of columns here: those that are NOT NULL, the sequences of those that number the rows,
    and the expressions of those that PostgreSQL computes."""
    lines = []
    for column in of.columns:
        words = [ident(column.name), column.becomes.type]
        if column.name in generated:
            words.append(f"GENERATED ALWAYS AS ({generated[column.name]}) STORED")
        if column.name in not_null:
            words.append("NOT NULL")
        if column.name in identities:
            when = "ALWAYS" if column.remote.identity == "always" else "BY DEFAULT"
            words.append(f"GENERATED {when} AS IDENTITY (SEQUENCE NAME {identities[column.name].sql})")
        lines.append("    " + " ".join(words))
    return Statement(f"CREATE TABLE {of.name.sql} (\n" + ",\n".join(lines) + "\n)", f"table {of.name}")


def comments(of: LocalTable) -> Iterator[Statement]:
    if of.remote.comment:
        yield Statement(f"COMMENT ON TABLE {of.name.sql} IS {literal(of.remote.comment)}", f"comment on {of.name}")
    for column in of.columns:
        if column.remote.comment:
            where = f"{of.name.sql}.{ident(column.name)}"
            about = f"comment on {of.name}.{column.name}"
            yield Statement(f"COMMENT ON COLUMN {where} IS {literal(column.remote.comment)}", about)


def default(of: LocalTable, column: Fetched, expression: str) -> Statement:
    text = f"ALTER TABLE {of.name.sql} ALTER COLUMN {ident(column.name)} SET DEFAULT {expression}"
    return Statement(text, f"default of {of.name}.{column.name}", is_optional=True)


def numbered(of: LocalTable, column: Fetched, by: Name) -> Iterator[Statement]:
    """Number the rows in a column of a type that an identity column cannot have."""
    about = f"default of {of.name}.{column.name}"
    where = f"{of.name.sql} ALTER COLUMN {ident(column.name)}"
    yield Statement(f"ALTER TABLE {where} SET DEFAULT pg_catalog.nextval({regclass(by)})", about)
    yield Statement(f"ALTER SEQUENCE {by.sql} OWNED BY {of.name.sql}.{ident(column.name)}", f"sequence {by}")


def generated_trial(of: LocalTable, column: Fetched, expression: str) -> tuple[str, str]:
    """Two statements, of which PostgreSQL takes the second if it can compute the column; what a server is asked."""
    plain = (f"{ident(one.name)} {one.becomes.type}" for one in of.columns if one.remote.generated is None)
    added = f"{ident(column.name)} {column.becomes.type} GENERATED ALWAYS AS ({expression}) STORED"
    return (
        f"CREATE TEMPORARY TABLE devdb_trial ({', '.join(plain)})",
        f"ALTER TABLE pg_temp.devdb_trial ADD COLUMN {added}",
    )


def key(of: LocalKey, name: str) -> Statement:
    columns = ", ".join(of.parts)
    if of.kind == "i":
        unique = "UNIQUE " if of.is_unique else ""
        text = f"CREATE {unique}INDEX {ident(name)} ON {of.table.name.sql} ({columns})"
        return Statement(text, f"index {name} of {of.table.name}", is_optional=not of.is_sure)
    kind = "PRIMARY KEY" if of.kind == "p" else "UNIQUE"
    text = f"ALTER TABLE {of.table.name.sql} ADD CONSTRAINT {ident(name)} {kind} ({columns})"
    return Statement(text, f"key {name} of {of.table.name}", is_optional=not of.is_sure)


def check(of: LocalTable, name: str, condition: str) -> Statement:
    text = f"ALTER TABLE {of.name.sql} ADD CONSTRAINT {ident(name)} CHECK ({condition}) NOT VALID"
    return Statement(text, f"check {name} of {of.name}", is_optional=True)


def foreign_key(of: LocalForeignKey, name: str) -> Statement:
    remote = of.remote
    words = [
        f"ALTER TABLE {of.table.name.sql} ADD CONSTRAINT {ident(name)}",
        f"FOREIGN KEY ({', '.join(map(ident, of.columns))})",
        f"REFERENCES {of.parent.name.sql} ({', '.join(map(ident, of.parent_columns))})",
    ]
    if remote.on_update != "NO ACTION":
        words.append(f"ON UPDATE {remote.on_update}")
    if remote.on_delete != "NO ACTION":
        words.append(f"ON DELETE {remote.on_delete}")
    if remote.is_deferred:
        words.append("DEFERRABLE INITIALLY DEFERRED")
    elif remote.is_deferrable:
        words.append("DEFERRABLE")
    if not remote.is_validated:
        words.append("NOT VALID")
    return Statement(" ".join(words), f"foreign key {name} of {of.table.name}")


def _within(number: int, least: int, most: int) -> int:
    return max(least, min(number, most))
