"""What a person or cron asks for: which processes run, and in which order."""

from __future__ import annotations

from dataclasses import replace

from devdb.catalog import schema_file
from devdb.catalog.model import Name
from devdb.preflight import Run, ground
from devdb.processes import Workplace
from devdb.report import Result


def build(run: Run) -> Result:
    """Make the dev database: setup, update, populate. There need be none yet."""
    return _replace(run, may_create=True, new_schema=True)


def update_schema(run: Run) -> Result:
    """Make the dev database anew from the source's schema of today: update, populate."""
    return _replace(_as_before(run), may_create=False, new_schema=True)


def update_data(run: Run) -> Result:
    """Make the dev database anew with the saved schema.sql and the source's rows of today: populate."""
    return _replace(_as_before(run), may_create=False, new_schema=False)


def count(run: Run) -> dict[Name, tuple[int, int]]:
    """Rows and bytes that a build would bring into each table, exactly: it is done, and undone.

    In the database beside the dev database (or, in place, in a transaction), neither of which is there afterwards. No
    file is written.
    """
    run = replace(run, finishes=False, dump=False)
    with ground(run, may_create=True) as base, Workplace(base) as work:
        work.schema(new=True, keep=False)
        work.setup()
        work.update()
        counted = work.count()
        work.discard()
        return counted


def _as_before(run: Run) -> Run:
    """The run, for the same objects as the saved schema.sql if that is of some only, and no others were asked for."""
    path = run.settings.output_directory / "schema.sql"
    if run.settings.only_deps_of or not path.exists():
        return run
    saved = schema_file.only_deps_of(path)
    if saved:
        run.reporter.note(f"only what {', '.join(text for text, _ in saved)} needs, as {path} says")
    return replace(run, settings=run.settings.with_only_deps_of(saved))


def _replace(run: Run, *, may_create: bool, new_schema: bool) -> Result:
    """Work in a database beside the dev database (or, in place, in one transaction), which takes over at the end.

    Whatever fails, the dev database is as it was before.
    """
    with ground(run, may_create=may_create) as base, Workplace(base) as work:
        work.schema(new=new_schema)
        work.setup()
        work.update()
        work.populate()
        work.verify()
        return work.finish()
