"""The commands for migration files as Flyway has them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from devdb.cli.lazily import LazyGroup
from devdb.cli.migrations_work import Said, Work, at_work, looking, marking, of_files, print_json, version_of
from devdb.cli.options import CONTEXT_SETTINGS, Options, some_options, version_option

if TYPE_CHECKING:
    from devdb.migrations import apply as applying
    from devdb.migrations.info import Info

# Commands with a module of their own, which is imported when one is called for.
_ELSEWHERE = {
    "check": "devdb.cli.migrations_create:check",
    "create": "devdb.cli.migrations_create:create",
}
_SHARED = ("host", "port", "username", "dev_db", "prod_db", "config", "sql_dir", "verbose", "quiet")


@click.group(cls=LazyGroup, elsewhere=_ELSEWHERE, context_settings=CONTEXT_SETTINGS)
@version_option
def migrations() -> None:
    """Write, apply and check migration files, by Flyway's rules and in Flyway's table.

    Flyway can take over at any time, and devdb from Flyway.
    """


@migrations.command("apply", context_settings=CONTEXT_SETTINGS)
@of_files
@looking
@click.option("--mixed", is_flag=True, help="Let a file have statements that can run in a transaction and others.")
@click.option("--no-validate", is_flag=True, help="Do not compare first what was applied with the files.")
@click.option("--baseline-on-migrate", is_flag=True, help="Mark a database that is not empty, and go on from there.")
@marking
@some_options(*_SHARED, "dry_run")
def apply_(said: Said, options: Options, **flags: Any) -> None:
    """Apply the files that the dev database lacks: versions in order, then what is repeatable and changed.

    Each runs in a transaction of its own, unless a statement in it cannot; what fails leaves nothing, or a row that
    says so. Never on the source.

    Exit status: 0 done; 1 refused, or a check failed; 2 bad usage, or a server cannot be reached; 3 a file failed.
    """
    with at_work(options, said, "migrations apply", changes=True) as work:
        from devdb.migrations import apply as applying
        from devdb.migrations.validate import DEFAULT_IGNORED, ignored

        asked = applying.Options(
            schema=said.schema,
            table=said.table,
            placeholders=said.placeholders,
            target=flags["target"],
            out_of_order=flags["out_of_order"],
            mixed=flags["mixed"],
            validate=not flags["no_validate"],
            ignored=ignored(flags["ignore"] or DEFAULT_IGNORED),
            baseline_on_migrate=flags["baseline_on_migrate"],
            baseline_version=version_of(flags["baseline_version"]),
            baseline_description=flags["baseline_description"],
        )
        applied = applying.apply(
            work.connection,
            work.connect,
            work.folder(),
            asked,
            templates=work.templates,
            reporter=work.reporter,
            dry_run=sys.stdout if options.dry_run else None,
        )
    if not options.dry_run:
        _show_applied(work, said, options, applied)


@migrations.command(context_settings=CONTEXT_SETTINGS)
@of_files
@looking
@some_options(*_SHARED)
def info(said: Said, options: Options, ignore: Sequence[str], **flags: Any) -> None:
    """Show every migration, in the files and in the database, and its state. Changes nothing."""
    with at_work(options, said, "migrations info") as work:
        _history, _resolved, every = work.every(**flags)
        from devdb.migrations.info import current_version
        from devdb.migrations.validate import ignored, is_ignored

        patterns = ignored(ignore)
        every = [each for each in every if not is_ignored(each, patterns)]
        current = current_version(every)
    if said.is_json:
        version = None if current is None else str(current)
        print_json(work, {"schemaVersion": version, "migrations": [each.as_json() for each in every]})
    elif not options.quiet:
        _show(every)
        click.echo(f"{work.dbname}: " + ("no version yet" if current is None else f"version {current}"))


@migrations.command(context_settings=CONTEXT_SETTINGS)
@of_files
@looking
@some_options(*_SHARED)
def validate(said: Said, options: Options, ignore: Sequence[str], **flags: Any) -> None:
    """Say whether the files are those that were applied: names, types, checksums, none missing. Changes nothing.

    What is pending is an error, as it is to Flyway; --ignore '*:pending' lets it be. Exit status 1 if something is
    wrong.
    """
    with at_work(options, said, "migrations validate") as work:
        from devdb.migrations.validate import DEFAULT_IGNORED, ignored, problems, refuse

        patterns = ignored(ignore or DEFAULT_IGNORED)
        _history, _resolved, every = work.every(**flags)
        found = problems(every, patterns)
    if said.is_json:
        wrong = [problem.as_json() for problem in found]
        print_json(work, {"validationSuccessful": not found, "validateCount": len(every), "invalidMigrations": wrong})
    refuse(found)
    if not options.quiet and not said.is_json:
        click.echo(f"{work.dbname}: {len(every)} migrations, all as in the files")


@migrations.command(context_settings=CONTEXT_SETTINGS)
@of_files
@click.option(
    "--ignore", multiple=True, metavar="TYPE:STATUS", help="As of validate: '*:missing' marks none as deleted."
)
@some_options(*_SHARED, "dry_run")
def repair(said: Said, options: Options, ignore: Sequence[str]) -> None:
    """Make Flyway's table right again; nothing else is changed.

    Rows of migrations that failed are removed, checksums, descriptions and types become those of the files, and
    migrations that have no file any more are marked as deleted.
    """
    with at_work(options, said, "migrations repair", changes=True) as work:
        from devdb.migrations.repair import repair as find
        from devdb.migrations.validate import DEFAULT_IGNORED, ignored

        patterns = ignored(ignore or DEFAULT_IGNORED)
        history = work.history(lock=not options.dry_run)
        done = find(history, work.resolve(history), patterns)
        if done and not options.dry_run:
            history.write(done.sql)
    if options.dry_run:
        sys.stdout.write(done.sql)
        return
    told = {"removed": done.removed, "deleted": done.deleted, "aligned": done.aligned}
    if said.is_json:
        print_json(work, {f"migrations{what.title()}": [row.script for row in rows] for what, rows in told.items()})
    elif not options.quiet:
        words = {"removed": "failed, and removed", "deleted": "marked as deleted", "aligned": "made as its file"}
        for what, rows in told.items():
            for row in rows:
                click.echo(f"{row.script}: {words[what]}")
        click.echo(f"{work.dbname}: {'repaired' if done else 'nothing to repair'}")


@migrations.command(context_settings=CONTEXT_SETTINGS)
@of_files
@marking
@some_options(*_SHARED, "dry_run")
def baseline(said: Said, options: Options, baseline_version: str, baseline_description: str) -> None:
    """Mark a database that was there before as being of a version: files up to it will not be applied.

    Refused where migrations have been applied.
    """
    with at_work(options, said, "migrations baseline", changes=True) as work:
        from devdb.migrations.repair import baseline as find

        version = version_of(baseline_version)
        history = work.history(lock=not options.dry_run)
        sql = find(history, version, baseline_description)
        if sql and not options.dry_run:
            history.write(sql)
    if options.dry_run:
        sys.stdout.write(sql)
    elif said.is_json:
        print_json(work, {"successfullyBaselined": True, "baselineVersion": str(version)})
    elif not options.quiet:
        click.echo(f"{work.dbname}: taken for version {version}" + ("" if sql else ", as before"))


def _show(every: Sequence[Info]) -> None:
    from devdb.cli.progress import show_table

    titles = ("category", "version", "description", "type", "installed on", "state")
    lines = []
    for each in every:
        installed = "" if each.row is None else each.row.installed_on.isoformat(" ", "seconds")
        version = "" if each.version is None else str(each.version)
        lines.append((each.category, version, each.description, each.type, installed, each.state.value))
    show_table(titles, lines, texts=len(titles))


def _show_applied(work: Work, said: Said, options: Options, applied: applying.Applied) -> None:
    if said.is_json:
        print_json(work, applied.as_json())
        return
    if options.quiet:
        return
    from devdb.cli.progress import show_table

    lines = [(each.script, f"{took_ms / 1000:.2f}") for each, took_ms in applied.migrations]
    show_table(("applied", "seconds"), lines)
    now = "no version yet" if applied.after is None else f"version {applied.after}"
    count = len(applied.migrations)
    click.echo(f"{work.dbname}: {now}, {count} applied" if count else f"{work.dbname}: {now}, nothing to apply")
