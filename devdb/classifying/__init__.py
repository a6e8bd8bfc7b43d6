"""What columns hold, proposed from names, types, comments and values: their class and how to mask them."""

from devdb.classifying.names import propose
from devdb.classifying.proposal import Proposal

__all__ = ["Proposal", "propose"]
