"""What follows the load, as one call."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pglast

from devdb.catalog import schema_file, schema_order
from devdb.catalog import source as catalog
from devdb.catalog.model import Name
from devdb.catalog.schema_order import Relation, Step
from devdb.finishing.schedule import Schedule
from devdb.finishing.sessions import Sessions
from devdb.preflight import Ground, Run
from devdb.server.connection import Connection
from devdb.sqltext.statements import Script
from devdb.sqltext.templates import Templates
from devdb.stage import Stage


def is_side_by_side(run: Run, ground: Ground) -> bool:
    """Whether `finish_tables` is to do what follows the load, and not a script.

    Not within the one transaction of a run in place, not where a script is to be printed, and not where a site has a
    script of its own for it.
    """
    own = any(ground.templates.are_replaced(name) for name in ("populate_dev_db.sql", "populate/finish.sql"))
    return not (run.dry_run or run.in_place or own)


def finish_tables(run: Run, ground: Ground, stage: Stage, post_data: Script) -> None:
    """Do what sql/populate/finish.sql does, over as many connections as the settings say.

    Each statement is a transaction of its own. The first failure ends the others, and is raised as `Stage.run` would
    raise it.
    """
    views = ground.plan["materialized_views"]
    tables = [name for name in ground.plan["analyzed"] if name not in views]
    # A few tables keep a few sessions busy, however many more there might be.
    count = max(1, min(run.settings.source.jobs, 2 * len(ground.source.tables)))
    with Sessions(stage, _preparation(stage, post_data), post_data.name, count=count) as sessions:
        try:
            steps = _steps(ground, stage, post_data, tables)
        except (pglast.parser.ParseError, UnicodeError):
            # Text that the server may understand all the same.
            steps = None
        if steps is None or not sessions.wait_for_one():
            finish = {"post_data": post_data, "materialized_views": views, "analyzed": ground.plan["analyzed"]}
            stage.run_template("populate/finish.sql", **finish)
            return
        run.reporter.step("creating indexes, keys and triggers")
        Schedule(steps, sessions, run.reporter, spare_workers=_spare_workers(run, ground)).run()
    stage.run_template("populate/refresh.sql", materialized_views=views)
    if views:
        run.reporter.step("collecting statistics of materialized views")
        stage.say(f"ANALYZE {', '.join(name.sql for name in views)};")


def relation_sizes(connection: Connection, templates: Templates) -> list[Relation]:
    """The tables and materialized views of the database, and how large they are now."""
    return [
        Relation(Name(row.schema, row.name), row.is_partitioned, row.pages, tuple(Name(*each) for each in row.parents))
        for row in catalog.ask(connection, templates, "catalog/relation_sizes.sql")
    ]


def _steps(ground: Ground, stage: Stage, post_data: Script, analyzed: Sequence[Name]) -> list[Step]:
    relations = relation_sizes(stage.connection, ground.templates)
    return schema_order.steps(schema_file.entries(post_data), relations, rewrite=stage.rewrite, analyzed=analyzed)


def _preparation(stage: Stage, post_data: Script) -> list[Script]:
    """What a session runs before anything else: the settings of a load, then those that the section relies on."""
    head = [stage.rewrite(line) for line in schema_file.settings(post_data).split("\n") if line]
    return [stage.render("update/session.sql"), *(Script(post_data.name, line) for line in head if line is not None)]


def _spare_workers(run: Run, ground: Ground) -> int | None:
    """How many parallel workers a session may use while the others are at work too; None for what the server says."""
    if not ground.target.is_local_socket:
        return None
    return max(0, (os.cpu_count() or 1) // run.settings.source.jobs - 1)
