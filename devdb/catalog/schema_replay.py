"""Replaying a source's schema on a server that is older, or knows fewer roles and extensions."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

import pglast
from pglast import ast
from pglast.enums import RoleSpecType

from devdb.sqltext.quoting import ident

_BLANK = re.compile(r"(?:\s+|--[^\n]*(?:\n|\Z))*")
_SETTING = re.compile(r"SET (?:SESSION |LOCAL )?(\w+) *(?:=|TO )", re.IGNORECASE)

# Statements of other kinds name no role, and are not parsed: most of a schema's text is in them.
_NAMING_ROLES = ("GRANT ", "REVOKE ", "CREATE POLICY ", "ALTER POLICY ", "ALTER DEFAULT PRIVILEGES ")

_KEYWORDS = {
    RoleSpecType.ROLESPEC_CURRENT_ROLE: "CURRENT_ROLE",
    RoleSpecType.ROLESPEC_CURRENT_USER: "CURRENT_USER",
    RoleSpecType.ROLESPEC_SESSION_USER: "SESSION_USER",
    RoleSpecType.ROLESPEC_PUBLIC: "PUBLIC",
}


def replay_filter(
    known_settings: Collection[str], existing_roles: Collection[str], on_missing_role: Callable[[str], None]
) -> Callable[[str], str | None]:
    """Last word on each statement of a schema file before a dev server gets it; None means that it is skipped.

    `SET name = …` of a setting that the server does not know (`known_settings`: the names in pg_settings) is skipped.
    Grants and ownership for a role that does not exist are skipped; a policy keeps those of its roles that exist, and
    is skipped when none does. `on_missing_role` hears of each such role once.
    """
    reported: set[str] = set()
    # pg_settings writes some in capitals: DateStyle, TimeZone.
    known = {name.lower() for name in known_settings}

    def rewrite(statement: str) -> str | None:
        start = _start(statement)
        setting = _SETTING.match(statement, start)
        if setting is not None:
            return statement if setting[1].lower() in known else None
        if not _may_name_roles(statement, start):
            return statement
        parsed = pglast.parse_sql(statement)[0].stmt
        missing = {role for role in _roles(parsed) if role not in existing_roles}
        if not missing:
            return statement
        for role in sorted(missing - reported):
            on_missing_role(role)
        reported.update(missing)
        if isinstance(parsed, ast.CreatePolicyStmt | ast.AlterPolicyStmt):
            return _without_roles(statement, parsed, missing)
        return None

    return rewrite


def roles_named(text: str) -> set[str]:
    """The roles that policies, grants, default privileges and ownership in this text name.

    PUBLIC, CURRENT_USER and the like are no roles of their own.
    """
    named: set[str] = set()
    for statement in pglast.split(text):
        if _may_name_roles(statement, _start(statement)):
            named.update(_roles(pglast.parse_sql(statement)[0].stmt))
    return named


def missing_extensions(needed: Mapping[str, str], available: Collection[str]) -> list[str]:
    """The extensions that a schema needs and a server does not offer (`available`: pg_available_extensions)."""
    return sorted(name for name in needed if name not in available)


def _start(statement: str) -> int:
    """Where its first word is, after blanks and comment lines."""
    blank = _BLANK.match(statement)
    return 0 if blank is None else blank.end()


def _may_name_roles(statement: str, start: int) -> bool:
    return statement.startswith(_NAMING_ROLES, start) or (
        statement.startswith("ALTER ", start) and " OWNER TO " in statement
    )


def _roles(node: object) -> Iterator[str]:
    """Every role named somewhere in a statement."""
    if isinstance(node, ast.RoleSpec):
        if node.roletype == RoleSpecType.ROLESPEC_CSTRING and node.rolename:
            yield node.rolename
    elif isinstance(node, tuple):
        for member in node:
            yield from _roles(member)
    elif isinstance(node, ast.Node):
        for attribute in node:
            yield from _roles(getattr(node, attribute))


def _without_roles(
    statement: str, policy: ast.CreatePolicyStmt | ast.AlterPolicyStmt, missing: Collection[str]
) -> str | None:
    """The policy for those of its roles that exist; None when none does."""
    roles = policy.roles or ()
    kept = [_spelled(role) for role in roles if role.rolename not in missing]
    if not kept:
        return None
    last = roles[-1].location
    end = next(token.end + 1 for token in pglast.parser.scan(statement) if token.start == last)
    return statement[: roles[0].location] + ", ".join(kept) + statement[end:]


def _spelled(role: ast.RoleSpec) -> str:
    return ident(role.rolename) if role.rolename else _KEYWORDS[RoleSpecType(role.roletype or 0)]
