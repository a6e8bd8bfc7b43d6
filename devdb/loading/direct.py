"""The load of one run by COPY: its snapshot, its sessions, and the import that happens meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

from devdb import checks, readers
from devdb.catalog.model import Name
from devdb.errors import ScriptFailed
from devdb.loading.load import Load, Loaded
from devdb.preflight import Ground, Run
from devdb.server.connection import application_name, cancel_quietly, close_quietly
from devdb.server.runner import Server
from devdb.server.snapshot import Snapshot
from devdb.server.sparing import Spare
from devdb.sqltext.statements import Script
from devdb.stage import Stage


class DirectLoad:
    """Takes the snapshot, and has the source read what rules choose: it need not wait for the dev database.

    What is open is closed with `stack`.
    """

    def __init__(self, run: Run, ground: Ground, stage: Stage, stack: ExitStack) -> None:
        self._run = run
        self._ground = ground
        self._stage = stage
        self._stack = stack
        self._importing: Future[None] | None = None
        # How long the source held it, in seconds, once it is let go.
        self.snapshot_s = 0.0
        source = run.settings.source
        jobs = 1 if run.in_place else source.jobs
        self._snapshot = stack.enter_context(
            Snapshot.open(
                run.settings.source_conninfo(),
                readers=jobs,
                session={**readers.session(source), **ground.plan["value_settings"]},
                spare=Spare(
                    max_rate_bytes=source.max_rate_bytes,
                    pause_lag_ms=source.pause_lag_ms,
                    pause_sessions=source.pause_sessions,
                    snapshot_warning_ms=source.snapshot_warning_ms,
                ),
                on_warning=run.warn,
                on_note=run.reporter.note,
                application_name=application_name(run.command),
            )
        )
        self._load = Load(
            takes=ground.plan["takes"],
            groups=ground.plan["groups"],
            bytes_of=ground.source.bytes_of,
            templates=ground.templates,
            snapshot=self._snapshot,
            reporter=run.reporter,
            jobs=jobs,
            staged=frozenset(table.oid for table in ground.plan["staged"]),
        )
        self._load.begin()

    @property
    def loaded(self) -> Mapping[Name, Loaded]:
        """What came into each table so far."""
        return self._load.loaded

    def take_rows(self) -> None:
        """Fill the tables; the snapshot is let go."""
        load = self._load
        with ExitStack() as closing:
            connections = [self._stage.connection]
            if not self._run.in_place:
                for _ in range(1, min(load.jobs, load.task_count)):
                    server = self._stage.another(lambda _notice: None)
                    closing.callback(server.close)
                    server.run(self._stage.render("update/session.sql"))
                    connections.append(server.connection)
            for connection in connections:
                for name, value in self._ground.plan["value_settings"].items():
                    connection.execute("SELECT pg_catalog.set_config(%s, %s, false)", (name, value))
            staged = self._ground.plan["staged"]
            self._stage.run_template("populate/stages.sql", staged=staged)
            load.run(connections, own_transaction=not self._run.in_place)
            self._stage.run_template("populate/unstage.sql", staged=staged)
            for name in self._ground.plan["value_settings"]:
                self._stage.say(f"RESET {name};")
        read = [*(take.table for take in load.takes), *(table for group in load.groups for table in group.tables)]
        checks.none_rewritten(self._snapshot, self._ground.templates, read)
        # An open snapshot holds back VACUUM at the source: not for longer than it is needed.
        self._snapshot.close()
        self.snapshot_s = self._snapshot.age_s

    def begin_import(self, parameters: Mapping[str, object]) -> None:
        """Import the foreign schemas in a session of their own; `parameters` are those of wrapper/import.sql."""
        server = self._stage.another(lambda _notice: None)
        # Should the run fail meanwhile: an import at a source that does not answer would be waited for.
        self._stack.callback(close_quietly, server.connection)
        self._stack.callback(cancel_quietly, server.connection)
        script = self._stage.render("wrapper/import.sql", **parameters)
        beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="devdb-import")
        self._importing = beside.submit(_run_and_close, server, script)
        beside.shutdown(wait=False)

    def end_import(self) -> None:
        """Wait for the import, if there is one. Raises what it failed with."""
        if self._importing is not None:
            try:
                self._importing.result()
            except ScriptFailed as exc:
                raise self._stage.explained(exc, Script("wrapper/import.sql", None)) from exc


def _run_and_close(server: Server, script: Script) -> None:
    # A database with sessions in it cannot be renamed.
    try:
        server.run(script)
    finally:
        server.close()
