"""What a run is told: devdb.yaml, options and environment as one frozen object."""

from devdb.settings.complaints import nearest, one_error
from devdb.settings.expressions import unknown_columns
from devdb.settings.patterns import Pattern, pattern_for
from devdb.settings.rule import Rule
from devdb.settings.sections import Sampling, Source, Target
from devdb.settings.settings import FILE_NAME, Overrides, Settings

__all__ = [
    "FILE_NAME",
    "Overrides",
    "Pattern",
    "Rule",
    "Sampling",
    "Settings",
    "Source",
    "Target",
    "nearest",
    "one_error",
    "pattern_for",
    "unknown_columns",
]
