"""Making the link where it is missing, or no longer what it should be; and what it means when that fails."""

from __future__ import annotations

from typing import Any

import psycopg

from devdb.catalog import dev_server
from devdb.catalog.source import ask
from devdb.errors import ConnectionFailed, DevdbError, Refused, ScriptFailed, SettingsError
from devdb.progress import Reporter
from devdb.replicating.link import Link
from devdb.server.connection import raise_if_lost
from devdb.server.printer import Printer
from devdb.server.runner import Server
from devdb.settings import nearest
from devdb.sqltext.quoting import ident
from devdb.sqltext.templates import Templates

_MARK = "devdb replicate: "
_FOR_THE_MOMENT = "devdb_replicate_look"
_CANNOT_CONNECT = ("08001", "HV00N")
_NO_SCHEMA = ("HV00Q", "HV00R", "HV00J")  # unknown to the source; without tables; no such option name or value
_NO_TYPE = "42704"
_NO_RIGHT = "42501"


class Linking:
    """The link in the database that `server` is connected to, or in a dry run writes for."""

    def __init__(self, link: Link, server: Server | Printer, templates: Templates, reporter: Reporter) -> None:
        self._link = link
        self._server = server
        self._templates = templates
        self._reporter = reporter

    def ensure(self, *, yes: bool) -> None:
        """Have the link be as the environment says, and its tables as the source's are today.

        All or nothing. Raises Refused where something of somebody else's is in the way; with `yes`, what depends on
        foreign tables that are made anew goes.
        """
        link, server = self._link, self._server
        reason: str | None = "as there is none"
        if isinstance(server, Server):
            reason = self._reason(server)
            if reason is None:
                return
            self._refuse_noting(server, yes=yes)
            self._refuse_dependents(server, yes=yes)
        self._reporter.step(f"linking to the source, {reason}")
        try:
            server.run(
                self._templates.render(
                    "replicating/link.sql",
                    **self._parameters(),
                    source_schema=link.source_schema,
                    schema=link.schema,
                    import_options=link.import_options,
                    fingerprint=link.fingerprint,
                    cascade=yes,
                )
            )
        except ScriptFailed as exc:
            raise self.explained(exc) from exc

    def explained(self, exc: ScriptFailed) -> DevdbError:
        """What a failure of the link means: the same failure, or one that says what to do about it."""
        link = self._link
        said = exc.reason if exc.detail is None else f"{exc.reason}\n{exc.detail}"
        if exc.sqlstate in _CANNOT_CONNECT:
            return ConnectionFailed(
                f"the dev server cannot reach the source {link.place}: {said}",
                hint="FDW_FOREIGN_SERVER is its address as the dev server sees it; FDW_USER and FDW_PASS log in",
            )
        if (exc.sqlstate or "").startswith("08"):
            return ConnectionFailed(f"the dev server lost the source {link.place}: {said}")
        if exc.sqlstate in _NO_SCHEMA and isinstance(self._server, Server):
            return SettingsError(f"FDW_FOREIGN_SCHEMA: {exc.reason}", hint=self._schema_hint(self._server))
        if exc.sqlstate == _NO_RIGHT:
            exc.hint = (
                f"a superuser can say: CREATE EXTENSION {link.wrapper.name}; "
                f"GRANT USAGE ON FOREIGN DATA WRAPPER {link.wrapper.name} TO the user that replicates"
            )
        if exc.sqlstate == _NO_TYPE and "import_enum_as_text" in link.wrapper.options.importing:
            exc.hint = "replicate: {import_options: {import_enum_as_text: 'true'}} imports enums as text"
        return exc

    def _reason(self, server: Server) -> str | None:
        """Why the link must be made; None when it need not. Raises Refused when it cannot."""
        link = self._link
        (state,) = ask(server.connection, self._templates, "replicating/link_state.sql", **self._names())
        if not state.is_available:
            raise self._not_installed(server)
        if state.has_server and not state.mark.startswith(_MARK):
            raise Refused(
                f"there is a foreign server {link.server} that devdb did not make",
                hint=f"DROP SERVER {ident(link.server)} CASCADE drops it and its tables; or set another FDW_NAME",
            )
        if state.others:
            shown = ", ".join(state.others[:5]) + (", …" if len(state.others) > 5 else "")
            raise Refused(
                f"the schema {link.schema} holds more than foreign tables of devdb's: {shown}",
                hint="set FDW_SCHEMA to a schema that is empty, or that there is not",
            )
        if not state.has_server:
            return "as there is none"
        if state.mark != _MARK + link.fingerprint or not state.has_same_login:
            return "as its settings changed"
        if state.lacks_reader:
            return "as fdw_reader may not read it yet"
        if not state.may_create_schemas:
            return "as its tables cannot be compared"
        return self._changes(server)

    def _changes(self, server: Server) -> str | None:
        """Which tables of the source are no longer as they were imported, in words; None for none."""
        link = self._link
        connection = server.connection
        connection.execute("BEGIN")
        try:
            server.run(
                self._templates.render(
                    "replicating/look.sql",
                    server=link.server,
                    source_schema=link.source_schema,
                    schema=_FOR_THE_MOMENT,
                    import_options=link.import_options,
                )
            )
            ours, theirs = (self._shapes(server, schema) for schema in (link.schema, _FOR_THE_MOMENT))
        except ScriptFailed as exc:
            connection.execute("ROLLBACK")
            raise self.explained(exc) from exc
        connection.execute("ROLLBACK")
        changed = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
        if not changed:
            return None
        return f"as tables changed there: {', '.join(changed[:5])}" + (", …" if len(changed) > 5 else "")

    def _shapes(self, server: Server, schema: str) -> dict[str, str]:
        found = ask(
            server.connection, self._templates, "replicating/shapes.sql", server=self._link.server, schema=schema
        )
        return {row.name: row.shape for row in found}

    def _schema_hint(self, server: Server) -> str:
        """What the schema may have been meant to be: what the source has, if it tells; else by how it spells names."""
        wanted, wrapper = self._link.source_schema, self._link.wrapper
        there = [name for name in self._source_schemas(server) if name not in wrapper.system_schemas]
        alike = [name for name in there if name.casefold() == wanted.casefold() and name != wanted]
        if alike:
            return f"did you mean {' or '.join(alike)}? Names are compared as they are written"
        folded = {"upper": wanted.upper(), "lower": wanted.lower(), "keep": wanted}[wrapper.folding]
        if wanted in there:
            return f"may {self._link.user} read its tables?"
        if there:
            return nearest(wanted, there) or f"the source has {', '.join(there[:20])}"
        return f"did you mean {folded}?" if folded != wanted else "is this how the source spells it?"

    def _source_schemas(self, server: Server) -> list[str]:
        connection = server.connection
        try:
            with connection.transaction(force_rollback=True):
                script = self._templates.render(
                    "replicating/source_schemas.sql", **{**self._parameters(), "server": _FOR_THE_MOMENT}
                )
                server.run(script)
                rows = connection.execute("SELECT * FROM pg_temp.devdb_source_schemas").fetchall()
                return sorted(str(name) for (name,) in rows if not str(name).startswith("pg_"))
        except (ScriptFailed, psycopg.Error) as exc:
            if isinstance(exc, psycopg.Error):
                raise_if_lost(connection, exc)
            return []

    def _not_installed(self, server: Server) -> Refused:
        wrapper = self._link.wrapper
        major = server.connection.info.server_version // 10000
        package = wrapper.package.format(major=major)
        return Refused(
            f"{wrapper.name} is not installed on the dev server (PostgreSQL {major})",
            hint=f"what it takes is {package}; the image of Dockerfile.postgres-oraclefdw has every wrapper",
        )

    def _refuse_noting(self, server: Server, *, yes: bool) -> None:
        noting = dev_server.noting(server.connection, self._templates)
        if not noting:
            return
        what = "the dev server would keep the password of the source where others may read it"
        user = ident(server.connection.info.user)
        remedy = "; ".join(f"ALTER ROLE {user} SET {setting}" for setting in noting)
        if not yes:
            raise Refused(what, hint=f"have a superuser say {remedy}; or let it happen with --yes")
        self._reporter.warning(f"{what}: {remedy} prevents that")

    def _refuse_dependents(self, server: Server, *, yes: bool) -> None:
        lost = dev_server.dependents(server.connection, self._templates, schemas=[self._link.schema])
        if lost and not yes:
            raise Refused(
                f"the foreign tables are to be made anew, and would take along: {', '.join(lost)}",
                hint="take them out of the way, or let them go with --yes",
            )
        if lost:
            self._reporter.warning(f"dropped along with the foreign tables: {', '.join(lost)}")

    def _names(self) -> dict[str, Any]:
        link = self._link
        return {
            "wrapper": link.wrapper.name,
            "server": link.server,
            "schema": link.schema,
            "user_option": link.wrapper.user_option,
            "user": link.user,
        }

    def _parameters(self) -> dict[str, Any]:
        names = {name: value for name, value in self._names().items() if name != "schema"}
        return {**names, "server_options": self._link.server_options}
