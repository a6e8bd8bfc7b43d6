"""What a run is told: devdb.yaml, options and environment as one frozen object."""

from devdb.settings.classification import Classification, ColumnClass, LeakCheck
from devdb.settings.column_patterns import ColumnPattern, column_pattern_for, parse_column_pattern
from devdb.settings.complaints import nearest, one_error
from devdb.settings.expressions import column_names, unknown_columns
from devdb.settings.follow import Follow, KeyRule
from devdb.settings.key_patterns import KeyPattern, key_pattern_for, parse_key_pattern
from devdb.settings.mask import KINDS, Mask
from devdb.settings.mask_options import MaskOptions
from devdb.settings.masking import Masking
from devdb.settings.patterns import Pattern, parse_pattern, pattern_for
from devdb.settings.replicate import Gate, Replicate
from devdb.settings.rule import Rule
from devdb.settings.sampling import Sampling
from devdb.settings.sections import Source, Target
from devdb.settings.seeds import Seed
from devdb.settings.settings import FILE_NAME, Overrides, Settings
from devdb.settings.virtual_key import VirtualKey

__all__ = [
    "FILE_NAME",
    "KINDS",
    "Classification",
    "ColumnClass",
    "ColumnPattern",
    "Follow",
    "Gate",
    "KeyPattern",
    "KeyRule",
    "LeakCheck",
    "Mask",
    "MaskOptions",
    "Masking",
    "Overrides",
    "Pattern",
    "Replicate",
    "Rule",
    "Sampling",
    "Seed",
    "Settings",
    "Source",
    "Target",
    "VirtualKey",
    "column_names",
    "column_pattern_for",
    "key_pattern_for",
    "nearest",
    "one_error",
    "parse_column_pattern",
    "parse_key_pattern",
    "parse_pattern",
    "pattern_for",
    "unknown_columns",
]
