"""The processes of an action, at work: setup, update, populate, and what follows them."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg

from devdb import checks, creating, explaining, linking, outcome
from devdb.catalog import schema_file, schema_older, schema_replay
from devdb.catalog import source as catalog
from devdb.catalog.model import Name
from devdb.creating import Creation
from devdb.errors import DevdbError, Refused, ScriptFailed
from devdb.finishing import tables as finishing
from devdb.loading.direct import DirectLoad
from devdb.preflight import Ground
from devdb.replacing import Replacing
from devdb.report import Result, TableRows
from devdb.sampling.references import Checked
from devdb.sampling.violations import not_valid_instead
from devdb.server.aging import Aging
from devdb.server.sparing import duration
from devdb.settings.settings import MASK_KEY
from devdb.sqltext.statements import Script
from devdb.stage import Stage


class Workplace:
    """The database in which the work happens, until it takes the dev database's place.

    Beside the dev database, or (in place) the dev database itself within one transaction. Left by an exception, it
    leaves nothing behind.
    """

    def __init__(self, ground: Ground) -> None:
        self._run = ground.run
        self._settings = ground.run.settings
        self._ground = ground
        self._stack = ExitStack()
        self._started = datetime.now(timezone.utc)
        self._start_s = time.monotonic()
        self._changes: list[str] | None = None
        self._files: dict[str, Path] = {}
        self._tables: list[TableRows] = []
        self._load: DirectLoad | None = None
        warning_s = self._settings.source.snapshot_warning_ms / 1000
        self._aging = Aging(warning_s=warning_s, on_warning=self._run.warn)
        self._stack.callback(self._aging.let_go)
        self._imports = linking.imports(ground)
        self._done = False

    def __enter__(self) -> Workplace:
        self._stage = self._stack.enter_context(Stage(self._run, self._ground))
        if self._ground.reader == "direct":
            self._load = DirectLoad(self._run, self._ground, self._stage, self._stack)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()
        if exc is not None:
            # schema.sql is new already: the next run will not find these changes any more.
            for change in self._changes or ():
                self._run.reporter.note(f"schema: {change}")
        is_created_here = self._ground.creation is None and not self._run.dry_run and not self._run.in_place
        if exc is not None and not self._done and is_created_here:
            # A failing clean-up must not hide the failure; the next run cleans up as well.
            with suppress(psycopg.Error):
                creating.drop(self._ground.lock, self._settings)

    def schema(self, *, new: bool, keep: bool = True) -> None:
        """Have schema.sql ready: written anew from the source, or the saved one. `keep` False writes it elsewhere."""
        directory = self._settings.output_directory
        path = directory / "schema.sql"
        narrowing = self._ground.narrowing
        only = () if narrowing is None else narrowing.objects
        if new:
            from devdb.catalog import schema_drift

            self._run.reporter.step("reading the source's schema")
            # A file of other objects is no earlier state of this one.
            is_earlier = path.exists() and schema_file.only_deps_of(path) == only
            previous = schema_file.text_of(path) if is_earlier else None
            if self._run.dry_run or not keep:
                path = Path(self._stack.enter_context(tempfile.TemporaryDirectory())) / "schema.sql"
            else:
                directory.mkdir(parents=True, exist_ok=True)
            written = schema_file.write(
                path,
                source=self._ground.source_connection,
                schemas=self._settings.source.schemas,
                owner=self._settings.schema_file.owner,
                privileges=self._settings.schema_file.privileges,
                skip_extensions=self._settings.extensions.skip,
                lock_timeout_ms=self._settings.source.lock_timeout_ms,
                only_deps_of=only,
                restricted=None if narrowing is None else narrowing.restricted,
            )
            self._changes = [] if previous is None else schema_drift.drift(previous, written.text)
            for note in written.notes:
                self._run.reporter.note(note)
        elif not path.exists():
            raise Refused(f"there is no {path}", hint="write it with build-dev-db or update-dev-db-schema")
        elif set(only) != set(schema_file.only_deps_of(path)):
            raise Refused(
                f"{path} is not of what {', '.join(text for text, _ in only)} needs",
                hint="leave --only-deps-of out, or write it anew with update-dev-db-schema",
            )
        self._files["schema"] = path
        self._pre_data = schema_file.pre_data(path)
        self._post_data = schema_file.post_data(path)
        self._check_extensions()
        self._prepare_replay()

    def setup(self) -> None:
        """Create the database, and link it to the source."""
        base = self._ground
        settings = self._settings
        self._link = linking.parameters(base)
        script = self._stage.render(
            "setup_dev_db.sql",
            create=not self._run.in_place,
            is_created=base.creation is not None,
            **creating.parameters(settings, base.server, base.source.database),
            **self._link,
        )
        # The longest script is made ready while the server makes the database: each takes some tenths of a second.
        with ThreadPoolExecutor(max_workers=1) as beside:
            rendering = beside.submit(self._render_load)
            if base.creation is not None:
                self._wait_for(base.creation)
            self._stage.run(script)
            self._populating = rendering.result()

    def update(self) -> None:
        """Recreate the source's schemas without what belongs after the data, and import its tables."""
        if self._run.in_place:
            # One transaction here is one there, from the import on.
            self._aging.hold()
        self._stage.run_template(
            "update_dev_db.sql",
            empty_schemas=self._ground.source.schemas if self._run.in_place else (),
            roles=sorted(self._new_roles),
            pre_data=self._pre_data,
            **({**self._import, "imports": (), "extensions": ()} if self._is_imported_apart else self._import),
        )
        if self._load is not None and self._is_imported_apart and self._imports and self._run.finishes:
            self._load.begin_import(self._import)
        if not self._run.dry_run:
            base = self._ground
            checks.tables_fit(self._stage.connection, base.templates, base.source, schema_file=self._files["schema"])

    def populate(self) -> None:
        """Take the rows, complete the keys, create what belongs after the data."""
        if self._run.dry_run and self._ground.masks is not None:
            self._stage.say(f"-- Masks take their key from PGOPTIONS: -c {MASK_KEY}=…")
        for take in self._ground.plan["takes"]:
            self._run.reporter.detail(f"rule: {take.table.name}: {take.rule}", level=1)
        try:
            self._take_rows()
            if self._is_finished_apart:
                self._finish_tables()
        except ScriptFailed as exc:
            if exc.sqlstate == explaining.FOREIGN_KEY_VIOLATION:
                raise self._named_violation(exc) from exc
            raise
        if not self._run.dry_run:
            self._tables = self._taken()
            outcome.tell_deviations(self._run, self._ground, self._tables)

    def count(self) -> dict[Name, tuple[int, int]]:
        """Take the rows and complete the keys, and nothing more; returns rows and bytes of each table."""
        self._take_rows()
        sizes = {
            Name(row.schema, row.name): row.bytes
            for row in catalog.ask(self._stage.connection, self._ground.templates, "catalog/table_sizes.sql")
        }
        tables = zip(self._ground.source.filled_tables, self._taken(), strict=True)
        return {table.name: (taken.rows, sizes.get(table.name, 0)) for table, taken in tables}

    def discard(self) -> None:
        """Undo everything: the dev database stays as it is."""
        self._stack.close()
        if not self._run.in_place:
            creating.drop(self._ground.lock, self._settings)

    def verify(self) -> None:
        """Every object of the source's schemas must be there."""
        if self._run.dry_run:
            return
        self._run.reporter.step("comparing with the source")
        if self._load is not None:
            self._load.end_import()
        base = self._ground
        checks.objects_complete(
            self._stage.connection,
            base.source_connection,
            base.templates,
            base.source.schemas,
            self._run.warn,
            among=None if base.narrowing is None else base.narrowing.identities(base.source_connection),
        )

    def finish(self) -> Result:
        """Write the dump, keep the schemas that are to be kept, and take the dev database's place."""
        replacing = Replacing(self._run, self._ground, self._stage)
        keeps_link = self._settings.source.keep_link
        if not keeps_link:
            self._run.reporter.step("removing the link to the source")
            replacing.unlink()
        if self._run.in_place or not self._run.dump:
            self._prove()
        if self._run.in_place:
            self._stage.commit()
            self._done = True
        self._aging.let_go()
        if self._run.dump and not self._run.dry_run:
            relink = {**self._link, **self._import} if keeps_link else None
            self._files |= replacing.dump(relink=relink, approve=self._prove)
        if not self._run.in_place:
            # After the dump, which is of the source alone, and with the link there again: theirs may be views on it.
            replacing.keep_schemas()
            replacing.swap()
            self._done = True
        return self._result()

    # What the processes are made of.

    @property
    def _is_imported_apart(self) -> bool:
        """Whether the foreign schemas are imported while rows are loaded, which do not come through them."""
        return self._load is not None and not self._run.in_place

    def _wait_for(self, creation: Creation) -> None:
        try:
            creation.wait()
        except ScriptFailed as exc:
            raise self._stage.explained(exc, Script("sql/setup/create.sql", None)) from exc

    def _take_rows(self) -> None:
        if self._load is not None:
            self._load.take_rows()
        else:
            self._aging.hold()
        self._stage.run(self._populating)
        if not self._run.in_place:
            self._aging.let_go()

    @property
    def _snapshot_s(self) -> float:
        """How long the source held a snapshot for this run."""
        return round(max(self._aging.age_s, 0.0 if self._load is None else self._load.snapshot_s), 3)

    @property
    def _is_finished_apart(self) -> bool:
        """Whether the load's script is not to do what follows the load too."""
        return self._load is not None or not self._run.finishes or finishing.is_side_by_side(self._run, self._ground)

    def _finish_tables(self) -> None:
        if finishing.is_side_by_side(self._run, self._ground):
            finishing.finish_tables(self._run, self._ground, self._stage, self._post_data)
            return
        plan = self._ground.plan
        self._stage.run_template(
            "populate/finish.sql",
            post_data=self._post_data,
            materialized_views=plan["materialized_views"],
            analyzed=plan["analyzed"],
        )

    def _prove(self, *files: Path) -> None:
        """Raise Refused if raw values of masked columns are in the database, in schema.sql or in `files`."""
        if self._ground.masks is not None and not self._run.dry_run:
            from devdb.leakcheck import of_run

            of_run.prove(self._run, self._ground, self._stage.connection, [self._files["schema"], *files])

    def _render_load(self) -> Script:
        plan = self._ground.plan
        if self._load is None:
            post_data = None if self._is_finished_apart else self._post_data
            return self._stage.render("populate_dev_db.sql", post_data=post_data, **plan)
        names = ("cuts", "drop_keys", "check_keys", "warn_keys", "sequences")
        return self._stage.render("direct/settle.sql", **{name: plan[name] for name in names})

    @property
    def _import(self) -> dict[str, Any]:
        both = set(self._ground.source.database.extensions) & set(schema_file.extensions(self._pre_data))
        positions = None if self._ground.standin is None else self._ground.standin.positions
        return {"imports": self._imports, "extensions": sorted(both - {"plpgsql"}), "positions": positions}

    def _check_extensions(self) -> None:
        missing = schema_replay.missing_extensions(
            schema_file.extensions(self._pre_data), self._ground.server.available_extensions
        )
        if missing:
            major = self._ground.target.version // 10000
            raise Refused(
                f"the dev server lacks extensions that the source uses: {', '.join(missing)}",
                hint=f"install them there (contrib's are in postgresql-contrib or postgresql-{major}; PostGIS in "
                f"postgresql-{major}-postgis-3), or leave them out with extensions.skip",
            )

    def _prepare_replay(self) -> None:
        server = self._ground.server
        named = schema_replay.roles_named("\n".join(filter(None, (self._pre_data.text, self._post_data.text))))
        missing = named - server.roles
        self._new_roles = missing if server.can_create_roles else set()
        for role in sorted(self._new_roles):
            self._run.reporter.note(f"the role {role} is created, without login")
        replayed = schema_replay.replay_filter(
            server.settings,
            server.roles | self._new_roles,
            lambda role: self._run.warn(f"there is no role {role} on the dev server: what is said of it is left out"),
        )
        if self._ground.target.version < schema_older.NEW_WORDS <= self._ground.source.database.version:
            replayed = schema_older.in_older_words(replayed, self._run.warn)
        if self._settings.sampling.on_violation == "not_valid":
            replayed = not_valid_instead(replayed)
        self._stage.rewrite = replayed

    def _named_violation(self, exc: ScriptFailed) -> DevdbError:
        """A foreign key that the rows violate is the source's own fault: say which rows."""
        reason = exc.reason
        if str(exc.path) == str(self._files["schema"]):
            if self._run.in_place:
                self._stage.say("ROLLBACK TO SAVEPOINT devdb_loaded;")
            try:
                keys = [Checked(key) for key in self._ground.source.foreign_keys]
                self._stage.run_template("populate/verify.sql", check_keys=keys, warn_keys=[])
            except ScriptFailed as found:
                reason = found.reason
        return explaining.violated(reason)

    def _taken(self) -> list[TableRows]:
        return outcome.taken(self._ground, self._stage.connection, {} if self._load is None else self._load.loaded)

    def _result(self) -> Result:
        result = Result(
            command=self._run.command,
            source=self._ground.source_name,
            target=self._settings.target.dbname,
            started=self._started.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - self._start_s, 3),
            snapshot_seconds=self._snapshot_s,
            tables=self._tables,
            changes=self._changes,
            warnings=self._run.warnings,
            files=self._files,
            masking=outcome.masking(self._ground, self._tables),
        )
        if not self._run.dry_run:
            self._run.reporter.detail(f"the source held a snapshot for {duration(self._snapshot_s)}", level=1)
            result.write(self._settings.output_directory / "run.json")
        return result
