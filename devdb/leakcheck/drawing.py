"""Draw raw values of masked columns from the source: of the rows that the dev database holds, as far as it can say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from devdb.catalog import source as catalog
from devdb.catalog.model import Column, Name, Source, Table, UniqueKey
from devdb.errors import ScriptFailed
from devdb.leakcheck.database import says_nothing
from devdb.leakcheck.needles import Masked, Needles
from devdb.leakcheck.telling import LENGTH, Form, Judge, Known, Piece, form_of, is_dense, is_form, pieces, share_of
from devdb.server.connection import Connection
from devdb.settings.mask import Mask
from devdb.sqltext.quoting import ident
from devdb.sqltext.templates import Templates

# Of a larger table so many blocks are looked at; of the source's, again ten times as many if that gave too little.
_BLOCKS = 2000
_BLOCK_BYTES = 8192
# Keys are sent in statements of so many: the longest that log_statement shows stays readable.
_KEYS = 1000
_WHOLE_NUMBERS = frozenset({"smallint", "integer", "bigint"})
# Some values are not telling.
_SPARE = 2
# In all columns together: each takes some two kilobytes of memory, four where text may have become octets.
_MOST = 100_000
# Kinds that may put out NULL for a value.
_VANISHING = frozenset({"null", "constant", "sql", "json", "array"})
# What a server says of a table that is not as it was when the catalog was read.
_CHANGED = {
    "42P01": "the table is no longer at the source",
    "3F000": "the table is no longer at the source",
    "42703": "the column is no longer at the source",
    "42501": "the source's user may not read it",
    "57014": "the source took too long to read it",
    "55P03": "the table was locked at the source",
}


@dataclass(frozen=True)
class _Wanted:
    """A masked column, and the form in which its values are asked for."""

    column: Column
    mask: Mask
    form: Form

    @property
    def sql(self) -> str:
        """SQL of the value, of the row t."""
        reference = f"t.{ident(self.column.name)}"
        value = self._formed(reference)
        if self.mask.sql is None:
            return value
        # What an expression leaves as it is, it leaves on purpose.
        # On lines of its own: it may end in a comment.
        return f"CASE WHEN (\n{self.mask.sql}\n)::text IS DISTINCT FROM {reference}::text THEN {value} END"

    def _formed(self, reference: str) -> str:
        if self.form == "host":
            return f"pg_catalog.host({reference})"
        if self.form == "octets":
            # From the middle: files of one format begin alike.
            return f"pg_catalog.encode(pg_catalog.substr({reference}, pg_catalog.length({reference}) / 2, 24), 'hex')"
        if self.form == "json":
            short = f"pg_catalog.pg_column_size({reference}) < 65536"
            return f"CASE WHEN {short} THEN pg_catalog.to_json({reference})::text END"
        return f"pg_catalog.left({reference}::text, {2 * LENGTH})"


@dataclass
class _Values:
    """What was drawn of one column: each value with the rows that have it, of so many rows with any."""

    times: dict[str, int]
    rows: int = 0


class Drawing:
    """The drawing of needles. `dev` is the dev database; `source` describes the one at `connection`."""

    def __init__(
        self,
        connection: Connection,
        dev: Connection,
        templates: Templates,
        source: Source,
        *,
        values: int,
        min_length: int,
        known: Known,
    ) -> None:
        self._connection = connection
        self._dev = dev
        self._templates = templates
        self._source = source
        self._most = values
        self._min_length = min_length
        self._known = known
        self._skipped: dict[str, str] = {}
        self._told: dict[str, str] = {}

    def needles(self, columns: Sequence[tuple[Table, Column, Mask]]) -> Needles:
        """Up to so many telling values of each column. Raises ConnectionFailed, or ScriptFailed without any value."""
        by_table: dict[Name, list[tuple[Table, Column, Mask]]] = {}
        for entry in columns:
            by_table.setdefault(entry[0].name, []).append(entry)
        masked = {(table.name, column.name) for table, column, _ in columns}
        self._most = min(self._most, max(1, _MOST // max(1, len(columns))))
        found = []
        for entries in by_table.values():
            table = entries[0][0]
            wanted = list(self._wanted(table, entries))
            for item, drawn in zip(wanted, self._drawn(table, wanted, masked), strict=True):
                if drawn is not None:
                    found.append((Masked(table.name, item.column.name, item.mask), self._telling(table, item, drawn)))
        return Needles.of([entry for entry in found if entry[1]], skipped=self._skipped, told=self._told)

    def _wanted(self, table: Table, entries: Sequence[tuple[Table, Column, Mask]]) -> Iterator[_Wanted]:
        for _, column, mask in entries:
            form = form_of(column, mask)
            if is_form(form):
                yield _Wanted(column, mask, form)  # type: ignore[arg-type]  # it is one
            else:
                self._skipped[f"{table.name}.{column.name}"] = form

    def _telling(self, table: Table, item: _Wanted, drawn: _Values) -> list[Piece]:
        place = f"{table.name}.{item.column.name}"
        judge = Judge(min_length=self._min_length, known=self._known)
        found: dict[str, Piece] = {}
        for value, times in drawn.times.items():
            share = share_of(times, drawn.rows)
            for piece in pieces(value, item.form, item.mask):
                if piece.text not in found and judge.is_telling(piece, share=share):
                    found[piece.text] = piece
            if len(found) >= self._most:
                break
        found = dict(islice(found.items(), self._most))
        left_out = ", ".join(f"{count:,} {why}" for why, count in sorted(judge.left_out.items()))
        if is_dense(found):
            self._skipped[place] = "whole numbers close together are met by chance"
            return []
        if not found:
            self._skipped[place] = f"no telling value ({left_out})" if left_out else "no values"
        elif left_out:
            self._add(place, f"{left_out}, not searched for")
        return list(found.values())

    def _drawn(self, table: Table, wanted: list[_Wanted], masked: set[tuple[Name, str]]) -> Sequence[_Values | None]:
        """What each of the columns holds; None for those that cannot be read."""
        if not wanted:
            return ()
        try:
            key = next((key for key in table.unique_keys if _is_kept(table, key, masked)), None)
            drawn = [] if key is None else self._by_key(table, wanted, key)
            if not any(values.times for values in drawn):
                drawn = self._anywhere(table, wanted)
            return drawn
        except ScriptFailed as exc:
            if exc.sqlstate not in _CHANGED:
                raise _without_values(exc, str(table.name)) from None
            if len(wanted) > 1:
                return list(chain.from_iterable(self._drawn(table, [item], masked) for item in wanted))
            self._skipped[f"{table.name}.{wanted[0].column.name}"] = _CHANGED[exc.sqlstate]
            return (None,)

    def _by_key(self, table: Table, wanted: Sequence[_Wanted], key: UniqueKey) -> list[_Values]:
        drawn = [_Values({}) for _ in wanted]
        keys = self._keys(table, wanted, key)
        is_sent = [table.heeds_lists and compared in _WHOLE_NUMBERS for compared in key.compared_types]
        # What no key is sent to reads the whole table for each question: one has to do.
        step = _KEYS if any(is_sent) or not table.is_distant else len(keys) or 1
        for start in range(0, len(keys), step):
            parts = [
                {"name": name, "equals": equals, "type": compared, "held": values, "is_sent": sent}
                for name, equals, compared, values, sent in zip(
                    key.columns,
                    key.equals,
                    key.compared_types,
                    zip(*keys[start : start + step], strict=True),
                    is_sent,
                    strict=True,
                )
            ]
            for row in self._asked("leakcheck/values_by_key.sql", table=table, values=_sql(wanted), key=parts):
                for values, value in zip(drawn, row, strict=True):
                    if value is not None:
                        values.times[value] = values.times.get(value, 0) + 1
                        values.rows += 1
        return drawn

    def _keys(self, table: Table, wanted: Sequence[_Wanted], key: UniqueKey) -> list[tuple[str, ...]]:
        """Keys of rows that the dev database holds; none when it has no such table."""
        blocks = self._blocks(self._dev, table)
        if not blocks:
            return []
        filled = [item.column.name for item in wanted if item.mask.kind not in _VANISHING]
        try:
            rows = catalog.ask(
                self._dev,
                self._templates,
                "leakcheck/keys.sql",
                table=table.name,
                key=key.columns,
                filled=filled,
                percent=_percent(_BLOCKS, blocks),
                most=self._most * _SPARE,
            )
        except ScriptFailed as exc:
            if exc.sqlstate in _CHANGED:
                return []
            raise _without_values(exc, str(table.name)) from None
        return [tuple(row) for row in rows if None not in row]

    def _anywhere(self, table: Table, wanted: Sequence[_Wanted]) -> list[_Values]:
        drawn = [_Values({}) for _ in wanted]
        # Of a distant table, the first rows are drawn from.
        blocks = 1 if table.is_distant else max(1, self._source.bytes_of(table) // _BLOCK_BYTES)
        percents = dict.fromkeys((_percent(_BLOCKS, blocks), _percent(10 * _BLOCKS, blocks)))
        for percent in percents:
            lacking = [number for number, values in enumerate(drawn) if len(values.times) < self._most]
            if not lacking:
                break
            rows = self._asked(
                "leakcheck/values_anywhere.sql",
                table=table,
                values=_sql([wanted[number] for number in lacking]),
                percent=percent,
                most=self._most * _SPARE,
                shortest=self._min_length,
            )
            for row in rows:
                values = drawn[lacking[row.number]]
                values.rows = row.rows
                values.times[row.value] = row.times
            if percent < 100 and percent == next(iter(percents)):
                for item in wanted:
                    self._add(
                        f"{table.name}.{item.column.name}",
                        "values of any rows: no key that is kept says which ones were taken",
                    )
        return drawn

    def _blocks(self, connection: Connection, table: Table) -> int:
        rows = catalog.ask(connection, self._templates, "leakcheck/blocks.sql", table=table.name)
        return max((int(row.blocks) for row in rows), default=0)

    def _asked(self, name: str, **parameters: object) -> list[Any]:
        return catalog.ask(self._connection, self._templates, name, **parameters)

    def _add(self, place: str, text: str) -> None:
        self._told[place] = f"{self._told[place]}; {text}" if place in self._told else text


def _is_kept(table: Table, key: UniqueKey, masked: set[tuple[Name, str]]) -> bool:
    """Whether the dev database knows rows by the same key."""
    return not any((table.name, name) in masked or table.column[name].is_generated for name in key.columns)


def _percent(blocks: int, of: int) -> float:
    return 100.0 if of <= blocks else round(100.0 * blocks / of, 6)


def _sql(wanted: Sequence[_Wanted]) -> list[str]:
    return [item.sql for item in wanted]


def _without_values(exc: ScriptFailed, table: str) -> ScriptFailed:
    """The failure without the server's words where they may quote a value."""
    reason = exc.reason if exc.sqlstate is None or says_nothing(exc.sqlstate) else "the server could not read it"
    return ScriptFailed(f"{table}: {reason}", path=exc.path, line=exc.line, sqlstate=exc.sqlstate)


def draw(
    connection: Connection,
    dev: Connection,
    templates: Templates,
    source: Source,
    columns: Sequence[tuple[Table, Column, Mask]],
    *,
    values: int,
    min_length: int,
    known: Known,
) -> Needles:
    """The needles of `columns`. The source is only asked; each question is a transaction of its own."""
    drawing = Drawing(connection, dev, templates, source, values=values, min_length=min_length, known=known)
    return drawing.needles(columns)


def nothing_known(_mask: Mask) -> frozenset[str]:
    """No lists of names and places."""
    return frozenset()
