"""The state of an application's schema: which migrations are where, and back to the beginning."""
