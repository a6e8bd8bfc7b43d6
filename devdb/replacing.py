"""The dump, and the change of names by which a finished database takes the dev database's place."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg

from devdb.preflight import Ground, Run
from devdb.sampling.violations import not_valid_instead
from devdb.server import link, programs
from devdb.server.connection import raise_if_lost
from devdb.sqltext.quoting import literal
from devdb.sqltext.statements import Script
from devdb.stage import Stage


class Replacing:
    """What is done once the database is complete and checked."""

    def __init__(self, run: Run, ground: Ground, stage: Stage) -> None:
        self._run = run
        self._ground = ground
        self._stage = stage

    def unlink(self) -> None:
        """Take the link out of the database, for good; in place, as part of the one transaction."""
        wrapper = self._run.settings.source.wrapper
        # What is swapped in gets its mark then.
        mark = self._ground.server.marked_comment(self._ground.source_name) if self._run.in_place else None
        self._stage.run_template(
            "unlink_dev_db.sql", own_transaction=not self._run.in_place, mark=mark, wrapper=wrapper
        )

    def dump(self, *, relink: Mapping[str, object] | None, approve: Callable[[Path, Path], None]) -> dict[str, Path]:
        """Write the dump, from a database without the link. Returns the files by what they are.

        `relink` are the parameters of link_dev_db.sql, which puts the link back; None: it is gone, for good. `approve`
        is given both files before they have their names, and raises what is wrong with them.
        """
        from devdb.server import dump

        directory = self._run.settings.output_directory
        wrapper = self._run.settings.source.wrapper
        if relink is not None:
            self._stage.run_template("unlink_dev_db.sql", own_transaction=True, mark=None, wrapper=wrapper)
        self._run.reporter.step("writing the dump")
        ours = self._stage.query(f"SELECT 1 FROM pg_catalog.pg_extension WHERE extname = {literal(wrapper)}") == []
        written = dump.write(
            directory / "devdb.dump",
            directory / "devdb.sql.gz",
            target=self._stage.connection,
            exclude_extensions=() if ours else (wrapper,),
            exclude_schemas=() if ours else (link.SETUP_SCHEMA,),
            approve=approve,
        )
        for note in written.notes:
            self._run.reporter.note(note)
        if relink is not None:
            self._run.reporter.step("linking again")
            self._stage.run_template("link_dev_db.sql", **relink)
        return {"archive": written.archive, "script": written.script}

    def keep_schemas(self) -> None:
        """Carry over those of the dev database's schemas that are to be kept."""
        keep = self._ground.kept_schemas
        if not keep:
            return
        self._run.reporter.step(f"keeping {', '.join(keep)}")
        previous = self._ground.previous
        assert previous is not None
        pg_dump = programs.find("pg_dump", at_least=self._ground.target.version // 10000, whose="the dev server")
        conninfo, password = programs.parameters(previous)
        with tempfile.NamedTemporaryFile() as script:
            programs.run(
                pg_dump,
                [f"--schema={programs.exactly(name)}" for name in keep],
                conninfo=conninfo,
                password=password,
                stdout=Path(script.name),
            )
            # A key into a replaced table may find that its row was not taken this time.
            self._stage.run(
                Script(f"schemas kept from {self._run.settings.target.dbname}", None, path=Path(script.name)),
                rewrite=not_valid_instead(self._stage.rewrite),
            )

    def swap(self) -> None:
        """Give the database in which the work happened the dev database's name, and drop the one that had it."""
        settings = self._run.settings
        if not self._run.dry_run:
            self._still_alone()
        self._stage.run_template(
            "swap_dev_db.sql",
            dbname=settings.target.dbname,
            next_dbname=settings.next_dbname,
            old_dbname=settings.old_dbname,
            maintenance_db=settings.target.maintenance_db,
            replaces=self._ground.server.is_there,
            comment=self._ground.server.marked_comment(self._ground.source_name),
        )

    def _still_alone(self) -> None:
        """A lost connection has lost the lock: another run may be at work since."""
        try:
            self._ground.lock.execute("SELECT")
        except psycopg.Error as exc:
            raise_if_lost(self._ground.lock, exc)
            raise
