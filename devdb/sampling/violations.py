"""What becomes of a foreign key that the source itself violates."""

from __future__ import annotations

from collections.abc import Callable

import pglast
from pglast import ast
from pglast.enums import ConstrType

from devdb.sqltext.quoting import literal


def not_valid_instead(rewrite: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """`rewrite`, and then: a foreign key that the rows violate is created NOT VALID, with a warning."""

    def rewritten(statement: str) -> str | None:
        kept = rewrite(statement)
        if kept is None or "FOREIGN KEY" not in kept or not _adds_foreign_key(kept):
            return kept
        # Without the semicolon, and what may follow it.
        bare = pglast.split(kept)[0]
        body = (
            f"BEGIN EXECUTE {literal(bare)}; "
            "EXCEPTION WHEN foreign_key_violation THEN "
            f"RAISE WARNING 'NOT VALID: %', SQLERRM; EXECUTE {literal(bare + ' NOT VALID')}; END"
        )
        return f"DO {literal(body)}"

    return rewritten


def _adds_foreign_key(statement: str) -> bool:
    """The statement is ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY, and is checked when it is added."""
    parsed = pglast.parse_sql(statement)[0].stmt
    if not isinstance(parsed, ast.AlterTableStmt):
        return False
    return any(
        isinstance(command.def_, ast.Constraint)
        and command.def_.contype == ConstrType.CONSTR_FOREIGN
        and not command.def_.skip_validation
        for command in parsed.cmds or ()
    )
