"""Replication: a legacy system's tables, through transformations, into the application's own."""
