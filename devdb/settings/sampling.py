"""The section `sampling`: which rows are taken, and what is said of keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import Field, PrivateAttr, Strict, ValidationError

from devdb.settings import complaints
from devdb.settings.document import Document, KeyPath
from devdb.settings.fields import Name, Placed, Section, parsed_by
from devdb.settings.follow import Follow, KeyRule, OnMissing
from devdb.settings.key_patterns import KeyPattern, parse_key_pattern
from devdb.settings.patterns import Pattern, parse_pattern
from devdb.settings.rule import Rule
from devdb.settings.seeds import Seed
from devdb.settings.virtual_key import VirtualKey

if TYPE_CHECKING:
    from typing_extensions import Self

DEFAULT_LIMIT = 10_000  # rows; up to here a table is taken whole when no rule is given
DEFAULT = "default"  # in `follow`: the keys that no pattern names

_Said = TypeVar("_Said", bound=Placed)


def _parse_followed(text: str) -> KeyPattern | None:
    return None if text == DEFAULT else parse_key_pattern(text)


class Sampling(Section):
    """Which rows are taken.

    `percent` is of every table, and takes the place of `default`. `seeds` come from the command line alone: with them
    no table's rule counts, but for those that bar a table.
    """

    default: Rule = Rule.of({"limit": DEFAULT_LIMIT})
    percent: Annotated[float, Strict(), Field(gt=0, le=100, allow_inf_nan=False)] | None = None
    seed: Annotated[int, Strict(), Field(ge=-(2**63), lt=2**63)] = 0
    tables: Mapping[Annotated[str, parsed_by(parse_pattern)], Rule] = Field(default_factory=dict)
    follow: Mapping[Annotated[str, parsed_by(_parse_followed)], Follow] = Field(default_factory=dict)
    keys: Mapping[Annotated[str, parsed_by(parse_key_pattern)], KeyRule] = Field(default_factory=dict)
    virtual_keys: Mapping[Name, VirtualKey] = Field(default_factory=dict)
    on_violation: Literal["error", "not_valid", "drop_rows"] = "error"

    _seeds: tuple[Seed, ...] = PrivateAttr(default=())

    @classmethod
    def from_document(cls, document: Document, keys: KeyPath = ("sampling",)) -> Self:
        """Return the section that `document` holds at `keys`, each rule knowing its line; the default if there is none.

        For files other than devdb.yaml that hold such a section: `read(path)` makes a document of one. Raises
        SettingsError listing every mistake with file and line. The SQL is not looked at: Settings.with_sampling does.
        """
        value = document.value
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        try:
            return cls.model_validate(value).placed(document, keys)
        except ValidationError as exc:
            raise complaints.one_error(complaints.mistakes(exc, document, cls, at=keys)) from exc

    def placed(self, document: Document, keys: KeyPath = ("sampling",)) -> Self:
        """Return the same section, everything in it knowing its line of the document, where it stands at `keys`."""

        def at(said: _Said, *inner: str) -> _Said:
            return said.at(document.path, document.line((*keys, *inner)))

        update: dict[str, Any] = {
            name: {text: at(said, name, text) for text, said in getattr(self, name).items()}
            for name in ("tables", "follow", "keys", "virtual_keys")
        }
        if "default" in self.model_fields_set:
            update["default"] = at(self.default, "default")
        # What was not said stays unsaid, so that settings compare by what the file holds.
        return self.model_copy(update={name: said for name, said in update.items() if said})

    @property
    def plain(self) -> dict[str, Any]:
        """The section as a file holds it, for YAML or JSON: from_document reads it back. Without seeds."""
        said: dict[str, Any] = {"default": self.default.plain, "percent": self.percent, "seed": self.seed}
        said |= {
            "tables": {text: rule.plain for text, rule in self.tables.items()},
            "follow": {text: follow.plain for text, follow in self.follow.items()},
            "keys": {text: rule.model_dump() for text, rule in self.keys.items()},
            "virtual_keys": {name: key.plain for name, key in self.virtual_keys.items()},
            "on_violation": self.on_violation,
        }
        return {name: value for name, value in said.items() if value is not None and value != {}}

    @property
    def seeds(self) -> tuple[Seed, ...]:
        """Rows named on the command line; the sample is then what they need, and their children."""
        return self._seeds

    def with_seeds(self, seeds: Sequence[Seed]) -> Self:
        """Return this section with other seeds."""
        seeded = self.model_copy()
        seeded._seeds = tuple(seeds)
        return seeded

    def patterns(self) -> list[tuple[Pattern, Rule]]:
        """Return the rules with the tables they are for, in the order of the file."""
        return [(parse_pattern(text), rule) for text, rule in self.tables.items()]

    def rule_for(self, schema: str, table: str) -> Rule:
        """Return the rule of this table: the last one whose pattern matches, else the default."""
        for pattern, rule in reversed(self.patterns()):
            if pattern.matches(schema, table):
                return rule
        return self.default

    def follow_patterns(self) -> list[tuple[KeyPattern, Follow]]:
        """Return what is said of following keys, in the order of the file; not what `default` says."""
        return [(parse_key_pattern(text), said) for text, said in self.follow.items() if text != DEFAULT]

    def key_patterns(self) -> list[tuple[KeyPattern, KeyRule]]:
        """Return what else is said of keys, in the order of the file."""
        return [(parse_key_pattern(text), said) for text, said in self.keys.items()]

    def follow_for(self, schema: str, table: str, columns: Sequence[str], constraint: str) -> Follow | None:
        """Return the children wanted over this key of the child `table`: by the last pattern that matches.

        Else what `default` says; None when nothing is said at all, which means none (but with seeds: all).
        """
        for pattern, said in reversed(self.follow_patterns()):
            if pattern.matches(schema, table, columns, constraint):
                return said
        return self.follow.get(DEFAULT)

    def on_missing_for(self, schema: str, table: str, columns: Sequence[str], constraint: str) -> OnMissing:
        """Return what becomes of this key of the child `table` where its parent is not in the sample."""
        for pattern, said in reversed(self.key_patterns()):
            if pattern.matches(schema, table, columns, constraint):
                return said.on_missing
        return "fetch"
