"""Who decided what about each column: its class, its mask, and where that was said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from devdb.catalog.model import Column, Name, Source, Table
from devdb.errors import Refused, SettingsError
from devdb.masking import classes
from devdb.masking.classes import Said
from devdb.masking.labels import Label, mask_of, read_labels
from devdb.settings import Mask, Settings, nearest, one_error, unknown_columns
from devdb.settings.column_patterns import ColumnLookup, column_pattern_for
from devdb.settings.fields import Placed
from devdb.settings.mask_options import DateShift
from devdb.settings.type_names import is_built_in, parse_type_name
from devdb.settings.unmatched import column_patterns

__all__ = ["Decision", "Decisions", "Label", "decide", "read_labels", "refuse_undecided"]

_LABEL = "security label"
_SHOWN = 200  # columns without a decision


@dataclass(frozen=True)
class Decision:
    """What becomes of a column's values. `mask` is None where they stay as they are.

    `class_from` and `mask_from` say where that was said, None: nobody did. A mask may be decided and yet be None: that
    of kind keep. `is_kept` tells that the values may stay without a word about masks.
    """

    table: Table
    column: Column
    classified: str | None
    class_from: str | None
    mask: Mask | None
    mask_from: str | None
    is_kept: bool

    @property
    def is_decided(self) -> bool:
        return self.is_kept or self.mask_from is not None


@dataclass(frozen=True)
class Decisions:
    """One for each column of each filled table. `notes` are for the person who wrote what they are made of."""

    columns: Mapping[tuple[Name, str], Decision]
    notes: tuple[str, ...] = ()

    def of(self, table: Name, column: str) -> Decision:
        return self.columns[table, column]

    @property
    def undecided(self) -> list[Decision]:
        """Those that stop a run. With the policy open, only what has a class that must be masked, and no mask."""
        return [decision for decision in self.columns.values() if not decision.is_decided]


def decide(source: Source, settings: Settings, labels: Sequence[Label]) -> Decisions:
    """Merge what settings, spreadsheets and labels say: the strictest class, and the first mask.

    Raises SettingsError with every mistake: patterns that match nothing, rows of spreadsheets about nothing, columns
    that are kept although their class says otherwise.
    """
    said, notes, errors = classes.from_files(source, settings)
    errors += _unmatched(source, settings)
    deciding = _Deciding(source, settings, labels, said)
    decided = {
        (table.name, column.name): deciding.of(table, column)
        for table in source.filled_tables
        for column in table.columns
    }
    errors += deciding.errors
    if errors:
        raise one_error(errors)
    return Decisions(decided, (*notes, *deciding.notes))


def refuse_undecided(undecided: Sequence[Decision], propose: Callable[[Table, Column], str | None]) -> None:
    """Raise Refused when there are any, with a proposal for each where there is one."""
    if not undecided:
        return
    rows = [("column", "type", "class", "proposal")]
    for one in undecided[:_SHOWN]:
        proposal = propose(one.table, one.column) or ""
        name = column_pattern_for(one.table.name.schema, one.table.name.name, one.column.name)
        rows.append((name, one.column.type, one.classified or "", proposal))
    widths = [max(len(row[position]) for row in rows) for position in range(len(rows[0]))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    if len(undecided) > _SHOWN:
        lines.append(f"and {len(undecided) - _SHOWN} others")
    count = "1 column has" if len(undecided) == 1 else f"{len(undecided)} columns have"
    raise Refused(
        f"{count} neither a mask nor a class whose values are kept:\n  " + "\n  ".join(lines),
        hint="decide in masking.columns or classification.columns; devdb classify --write begins with its proposals",
    )


class _Deciding:
    """All that was said, ready to be asked for one column after another."""

    def __init__(self, source: Source, settings: Settings, labels: Sequence[Label], said: Iterable[Said]) -> None:
        self.notes: list[str] = []
        self.errors: list[SettingsError] = []
        self._settings = settings
        self._masks = ColumnLookup(settings.masking.patterns())
        self._named = {pattern.name for pattern, _ in settings.masking.patterns()}
        self._classes = ColumnLookup(settings.classification.patterns())
        self._of_files: dict[tuple[Name, str], list[Said]] = {}
        for one in said:
            self._of_files.setdefault((one.table, one.column), []).append(one)
        names = [table.name for table in source.filled_tables]
        self._barred = {name for name in names if settings.sampling.rule_for(name.schema, name.name).kind == "empty"}
        self._labels: dict[tuple[Name, str], Label] = {}
        roots = {table.name: source.root(table).name for table in source.tables}
        for label in labels if settings.classification.security_labels else ():
            place = (roots.get(label.table, label.table), label.column)
            # That of the table goes before those of its partitions, and any before one that lets the values be seen.
            if place not in self._labels or label.table == place[0] or self._labels[place].is_unmasking:
                self._labels[place] = label

    def of(self, table: Table, column: Column) -> Decision:
        if column.is_generated:
            return self._of_generated(table, column)
        mask, mask_from = self._mask(table, column)
        name, class_from = self._class(table, column)
        classification = self._settings.classification
        is_kept = not self._settings.is_strict if name is None else classification.is_kept(name)
        if mask is not None and table.name not in self._barred:
            self.errors += _column_mistakes(table, mask)
            if mask.kind == "keep" and name is not None and not is_kept:
                message = f"{table.name}.{column.name} is kept ({mask_from}), but its class is {name} ({class_from})"
                hint = f"values are kept up to {classification.kept}: mask the column, or correct its class"
                self.errors.append(SettingsError(message, path=mask.path, line=mask.line, hint=hint))
        is_as_it_is = mask is None or mask.kind == "keep"
        return Decision(table, column, name, class_from, None if is_as_it_is else mask, mask_from, is_kept)

    def _of_generated(self, table: Table, column: Column) -> Decision:
        """It is computed from other columns, masked or not: it has no mask of its own, and needs none."""
        name = (table.name.schema, table.name.name, column.name)
        if name in self._named and (mask := self._masks.find(*name)) is not None and mask.kind != "keep":
            message = f"{table.name}.{column.name} is generated"
            hint = "its values follow from the columns that it is computed from: mask those"
            self.errors.append(SettingsError(message, path=mask.path, line=mask.line, hint=hint))
        return Decision(table, column, None, None, None, None, is_kept=True)

    def _class(self, table: Table, column: Column) -> tuple[str | None, str | None]:
        """The strictest class that anybody gave, and where."""
        classification = self._settings.classification
        said: list[tuple[str, str]] = []
        if (own := self._classes.find(table.name.schema, table.name.name, column.name)) is not None:
            said.append((own.name, _place(own)))
        said += [(one.name, one.place) for one in self._of_files.get((table.name, column.name), ())]
        label = self._labels.get((table.name, column.name))
        if label is not None and not label.is_unmasking and classification.lowest_masked is not None:
            # Whoever says that it is to be masked holds it for confidential.
            said.append((classification.lowest_masked, _LABEL))
        return max(said, key=lambda one: classification.rank(one[0]), default=(None, None))

    def _mask(self, table: Table, column: Column) -> tuple[Mask | None, str | None]:
        """The mask by the last pattern, or by type, or by label; and where that was said."""
        if (mask := self._masks.find(table.name.schema, table.name.name, column.name)) is not None:
            return mask, _place(mask)
        types = (column.type, column.base_type) if column.is_domain else (column.base_type,)
        if (found := self._settings.masking.mask_for_type(*types)) is not None:
            return found[1], f"type {found[0]}, {_place(found[1])}"
        label = self._labels.get((table.name, column.name))
        if label is None:
            return None, None
        mask = mask_of(label)
        if mask is None:
            self.notes.append(
                f"the security label of {label.table}.{label.column} has no counterpart here: {label.text}"
            )
            return None, None
        return mask, _LABEL


def _column_mistakes(table: Table, mask: Mask) -> Iterator[SettingsError]:
    """Names of columns in the mask that the table does not have."""
    for inner in mask.walk():
        yield from unknown_columns(inner, table=str(table.name), columns=table.column)
        by = inner.options.by if isinstance(inner.options, DateShift) else None
        if by is not None and by not in table.column:
            message = f"by of {table.name}: there is no column {by}"
            yield SettingsError(message, path=inner.path, line=inner.line, hint=nearest(by, table.column))


def _unmatched(source: Source, settings: Settings) -> list[SettingsError]:
    """What settings say of columns and types that are not there."""
    source = source.complete
    columns = {(table.name.schema, table.name.name): table.column for table in source.filled_tables}
    others = {(name.schema, name.name): f"{name} is a view: its rows follow from tables" for name in source.views}
    for table in source.tables:
        if not table.is_filled:
            root = source.root(table)
            why = "is a foreign table" if root is table else f"is a partition of {root.name}: write that"
            others[table.name.schema, table.name.name] = f"{table.name} {why}"
    chosen = settings.source.schemas
    errors = [
        *column_patterns("masking.columns", settings.masking.patterns(), columns, schemas=chosen, others=others),
        *column_patterns(
            "classification.columns", settings.classification.patterns(), columns, schemas=chosen, others=others
        ),
    ]
    return [*errors, *_unmatched_types(source, settings)]


def _unmatched_types(source: Source, settings: Settings) -> Iterator[SettingsError]:
    all_columns = [column for table in source.filled_tables for column in table.columns]
    spelled = {name for column in all_columns for name in (column.type, column.base_type)}
    known = {parse_type_name(name) for name in spelled}
    for text, mask in settings.masking.types.items():
        # Of PostgreSQL's own types there may be columns tomorrow.
        if parse_type_name(text) not in known and not is_built_in(text):
            message = f"masking.types.{text}: no column has this type"
            yield SettingsError(message, path=mask.path, line=mask.line, hint=nearest(text, spelled))


def _place(said: Placed) -> str:
    return "settings" if said.path is None else f"{said.path}:{said.line}"
