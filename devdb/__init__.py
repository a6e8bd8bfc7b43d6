"""Build a developer database from production, through PostgreSQL's foreign data wrappers."""

__version__ = "0.1.0"
