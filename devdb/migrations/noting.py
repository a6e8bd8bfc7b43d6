"""What one statement creates, drops, renames or moves, as PostgreSQL's own parser reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pglast import ast, enums, parse_plpgsql
from pglast.parser import ParseError, parse_sql

from devdb.migrations.inventory import Args, Inventory, Made
from devdb.migrations.placeholders import PLACEHOLDER

_ObjectType = enums.ObjectType
_TYPES = {
    _ObjectType.OBJECT_AGGREGATE: "aggregate",
    _ObjectType.OBJECT_ACCESS_METHOD: "access method",
    _ObjectType.OBJECT_CAST: "cast",
    _ObjectType.OBJECT_COLLATION: "collation",
    _ObjectType.OBJECT_CONVERSION: "conversion",
    _ObjectType.OBJECT_DOMAIN: "domain",
    _ObjectType.OBJECT_EVENT_TRIGGER: "event trigger",
    _ObjectType.OBJECT_EXTENSION: "extension",
    _ObjectType.OBJECT_FDW: "foreign-data wrapper",
    _ObjectType.OBJECT_FOREIGN_SERVER: "server",
    _ObjectType.OBJECT_FOREIGN_TABLE: "foreign table",
    _ObjectType.OBJECT_FUNCTION: "function",
    _ObjectType.OBJECT_INDEX: "index",
    _ObjectType.OBJECT_LANGUAGE: "language",
    _ObjectType.OBJECT_MATVIEW: "materialized view",
    _ObjectType.OBJECT_OPCLASS: "operator class",
    _ObjectType.OBJECT_OPERATOR: "operator",
    _ObjectType.OBJECT_OPFAMILY: "operator family",
    _ObjectType.OBJECT_POLICY: "policy",
    _ObjectType.OBJECT_PROCEDURE: "procedure",
    _ObjectType.OBJECT_ROUTINE: "function",
    _ObjectType.OBJECT_RULE: "rule",
    _ObjectType.OBJECT_SCHEMA: "schema",
    _ObjectType.OBJECT_SEQUENCE: "sequence",
    _ObjectType.OBJECT_STATISTIC_EXT: "statistics object",
    _ObjectType.OBJECT_TABLE: "table",
    _ObjectType.OBJECT_TRIGGER: "trigger",
    _ObjectType.OBJECT_TSCONFIGURATION: "text search configuration",
    _ObjectType.OBJECT_TSDICTIONARY: "text search dictionary",
    _ObjectType.OBJECT_TSPARSER: "text search parser",
    _ObjectType.OBJECT_TSTEMPLATE: "text search template",
    _ObjectType.OBJECT_TYPE: "type",
    _ObjectType.OBJECT_VIEW: "view",
}
# What lives in no schema.
_NOWHERE = frozenset(
    {
        *("extension", "schema", "event trigger", "server", "foreign-data wrapper"),
        *("language", "access method", "cast"),
    }
)
OF_TABLES = ("trigger", "policy", "rule")
_SERIALS = ("serial", "serial2", "serial4", "serial8", "smallserial", "bigserial")

# Statements that create one thing, by where in them its name is: alone, in parts, as a relation, or with its table's.
_BY_NAME = {
    "CreateAmStmt": ("access method", "amname"),
    "CreateEventTrigStmt": ("event trigger", "trigname"),
    "CreateExtensionStmt": ("extension", "extname"),
    "CreateFdwStmt": ("foreign-data wrapper", "fdwname"),
    "CreateForeignServerStmt": ("server", "servername"),
    "CreatePLangStmt": ("language", "plname"),
}
_BY_NAMES = {
    "CreateConversionStmt": ("conversion", "conversion_name"),
    "CreateDomainStmt": ("domain", "domainname"),
    "CreateEnumStmt": ("type", "typeName"),
    "CreateOpClassStmt": ("operator class", "opclassname"),
    "CreateOpFamilyStmt": ("operator family", "opfamilyname"),
    "CreateRangeStmt": ("type", "typeName"),
    "CreateStatsStmt": ("statistics object", "defnames"),
}
_BY_RELATION = {
    "CompositeTypeStmt": ("type", "typevar"),
    "CreateSeqStmt": ("sequence", "sequence"),
    "ViewStmt": ("view", "view"),
}
_BY_TABLE = {
    "CreatePolicyStmt": ("policy", "policy_name", "table"),
    "CreateTrigStmt": ("trigger", "trigname", "relation"),
    "IndexStmt": ("index", "idxname", "relation"),
    "RuleStmt": ("rule", "rulename", "relation"),
}
_VARIABLE = re.compile(r""":(?:'(?P<text>\w+)'|"(?P<name>\w+)"|(?P<plain>(?<!::)[A-Za-z_]\w*))""")


def parsed(sql: str) -> Sequence[Any]:
    """The statements of a text, psql's variables in it or not. Raises ParseError."""
    try:
        return parse_sql(sql)
    except ParseError:
        if ":" not in sql:
            raise
        return parse_sql(_VARIABLE.sub(_variable, sql))


def _variable(found: re.Match[str]) -> str:
    return f"'{PLACEHOLDER}'" if found["text"] else f'"{PLACEHOLDER}"' if found["name"] else PLACEHOLDER


class Noting:
    """Notes the statements of one file: its search path is its own."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._schema: str | None = None
        self._others = {
            "AlterObjectSchemaStmt": self._move,
            "AlterTableStmt": self._alter_table,
            "CreateCastStmt": self._create_cast,
            "CreateForeignTableStmt": self._create_table,
            "CreateFunctionStmt": self._create_routine,
            "CreateSchemaStmt": self._create_schema,
            "CreateStmt": self._create_table,
            "CreateTableAsStmt": self._create_table_as,
            "DefineStmt": self._define,
            "DoStmt": self._do,
            "DropStmt": self._drop,
            "ImportForeignSchemaStmt": self._import,
            "RenameStmt": self._rename,
            "SelectStmt": self._select,
            "VariableSetStmt": self._set,
        }

    def note(self, node: Any) -> Iterable[str]:
        """Note one statement. Returns why something of it cannot be known."""
        kind = type(node).__name__
        if kind in _BY_NAME:
            type_, name = _BY_NAME[kind]
            return self._add(type_, None, getattr(node, name))[1]
        if kind in _BY_NAMES:
            type_, name = _BY_NAMES[kind]
            return self._add_by_names(type_, getattr(node, name))
        if kind in _BY_RELATION:
            type_, name = _BY_RELATION[kind]
            return self._add_relation(type_, getattr(node, name))[1]
        if kind in _BY_TABLE:
            type_, name, table = _BY_TABLE[kind]
            return self._add_to_table(type_, getattr(node, name), getattr(node, table))
        other = self._others.get(kind)
        return () if other is None else tuple(other(node) or ())

    def _add(
        self, type_: str, schema: str | None, name: str, args: Args | None = None, of: Made | None = None
    ) -> tuple[Made | None, Iterable[str]]:
        if PLACEHOLDER in name:
            return None, (f"a placeholder is part of the name of this {type_}",)
        return self._inventory.add(type_, self._in(type_, schema), name, args, of=of), ()

    def _in(self, type_: str, schema: str | None) -> str | None:
        """The schema that is meant; None where the file does not say it."""
        if type_ in _NOWHERE:
            return ""
        if schema is None:
            return self._schema
        return None if PLACEHOLDER in schema else schema

    def _find(self, type_: str, schema: str | None, name: str, args: Args | None = None) -> list[Made]:
        return self._inventory.find(type_, self._in(type_, schema), name, args)

    def _add_by_names(self, type_: str, names: Sequence[Any] | None, args: Args | None = None) -> Iterable[str]:
        if not names:
            return ()
        schema, name = _split(names)
        return self._add(type_, schema, name, args)[1]

    def _add_relation(self, type_: str, relation: Any) -> tuple[Made | None, Iterable[str]]:
        if relation.relpersistence == "t" or relation.schemaname == "pg_temp":
            return None, ()
        return self._add(type_, relation.schemaname, relation.relname)

    def _add_to_table(self, type_: str, name: str | None, relation: Any) -> Iterable[str]:
        if name is None:
            return ()
        table = next(iter(self._find("table", relation.schemaname, relation.relname)), None)
        schema = relation.schemaname if table is None else table[1]
        return self._add(type_, schema, name, (relation.relname,) if type_ in OF_TABLES else None, table)[1]

    def _create_table(self, node: Any) -> Iterable[str]:
        is_foreign = isinstance(node, ast.CreateForeignTableStmt)
        node = node.base if is_foreign else node
        made, reasons = self._add_relation("foreign table" if is_foreign else "table", node.relation)
        self._add_sequences(made, node.tableElts or ())
        return reasons

    def _add_sequences(self, table: Made | None, columns: Iterable[Any]) -> None:
        for column in columns if table is not None else ():
            type_ = column.typeName if isinstance(column, ast.ColumnDef) else None
            if table is not None and type_ is not None and last(type_.names) in _SERIALS:
                self._inventory.add("sequence", table[1], f"{table[2]}_{column.colname}_seq", of=table)

    def _alter_table(self, node: Any) -> None:
        found = self._find("table", node.relation.schemaname, node.relation.relname)
        added = [each.def_ for each in node.cmds if each.subtype == enums.AlterTableType.AT_AddColumn]
        self._add_sequences(next(iter(found), None), added)

    def _create_table_as(self, node: Any) -> Iterable[str]:
        type_ = "materialized view" if node.objtype == _ObjectType.OBJECT_MATVIEW else "table"
        return self._add_relation(type_, node.into.rel)[1]

    def _create_routine(self, node: Any) -> Iterable[str]:
        type_ = "procedure" if node.is_procedure else "function"
        return self._add_by_names(type_, node.funcname, _of_parameters(node.parameters or ()))

    def _define(self, node: Any) -> Iterable[str]:
        type_ = _TYPES.get(node.kind)
        if type_ is None:
            return ()
        args: Args | None = None
        if type_ == "aggregate":
            args = () if node.args is None or node.args[0] is None else _of_parameters(node.args[0])
        elif type_ == "operator":
            sides = {each.defname: each.arg for each in node.definition}
            args = of_types([sides.get("leftarg"), sides.get("rightarg")])
        return self._add_by_names(type_, node.defnames, args)

    def _create_schema(self, node: Any) -> Iterable[str]:
        name = node.schemaname or (None if node.authrole is None else node.authrole.rolename)
        if name is None:
            return ("the name of this schema is that of who creates it",)
        made, reasons = self._add("schema", None, name)
        before, self._schema = self._schema, name if made is not None else None
        reasons = [*reasons, *(reason for each in node.schemaElts or () for reason in self.note(each))]
        self._schema = before
        return reasons

    def _create_cast(self, node: Any) -> None:
        self._inventory.add("cast", "", "", of_types([node.sourcetype, node.targettype]))

    def _select(self, node: Any) -> Iterable[str]:
        if node.intoClause is not None:
            return self._add_relation("table", node.intoClause.rel)[1]
        for target in node.targetList or ():
            call = target.val
            if isinstance(call, ast.FuncCall) and last(call.funcname) == "set_config":
                name, value, *_ = [*(_constant(each) for each in call.args or ()), None, None]
                if name == "search_path" and value is not None:
                    self._search(part.strip().strip('"') for part in value.split(","))
        return ()

    def _set(self, node: Any) -> None:
        if node.name == "search_path":
            self._search(_constant(each) or "" for each in node.args or ())

    def _search(self, path: Iterable[str]) -> None:
        schemas = [name for name in path if name not in ("", "$user", "pg_catalog", "pg_temp")]
        self._schema = None if not schemas or PLACEHOLDER in schemas[0] else schemas[0]

    def _drop(self, node: Any) -> Iterable[str]:
        type_ = _TYPES.get(node.removeType)
        if type_ is None:
            return ()
        dropped = [] if type_ == "schema" else [made for each in node.objects for made in self._meant(type_, each)]
        for made in dropped:
            self._inventory.drop(made)
        for each in node.objects if type_ == "schema" else ():
            self._inventory.drop_schema(each.sval)
        if dropped and node.behavior == enums.DropBehavior.DROP_CASCADE:
            return (f"DROP {type_.upper()} … CASCADE drops what is not named, too",)
        return ()

    def _rename(self, node: Any) -> None:
        type_ = _TYPES.get(node.renameType)
        if type_ == "schema":
            self._inventory.rename_schema(node.subname, node.newname)
        elif type_ is not None:
            for made in self._altered(type_, node):
                self._inventory.change(made, name=node.newname)

    def _move(self, node: Any) -> None:
        type_ = _TYPES.get(node.objectType)
        if type_ is not None and type_ not in _NOWHERE:
            for made in self._altered(type_, node):
                self._inventory.change(made, schema=node.newschema)

    def _altered(self, type_: str, node: Any) -> list[Made]:
        if node.relation is None:
            return self._meant(type_, node.object)
        relation = node.relation
        if type_ in OF_TABLES:
            return self._find(type_, relation.schemaname, node.subname, (relation.relname,))
        return self._find(type_, relation.schemaname, relation.relname)

    def _meant(self, type_: str, each: Any) -> list[Made]:
        """What a DROP or an ALTER names: by names, a type, or names and arguments."""
        args: Args | None = None
        if isinstance(each, ast.String):
            return self._find(type_, None, each.sval or "")
        if isinstance(each, ast.ObjectWithArgs):
            names, args = each.objname, None if each.args_unspecified else of_types(each.objargs)
        elif isinstance(each, ast.TypeName):
            names = each.names
        elif type_ == "cast":
            return self._find(type_, None, "", of_types(each))
        elif type_ in OF_TABLES:
            names, args = (*each[:-2], each[-1]), (each[-2].sval,)
        else:
            # Of an operator class, the first is the access method.
            names = each[1:] if type_ in ("operator class", "operator family") else each
        schema, name = _split(names or ())
        return self._find(type_, schema, name, args)

    def _do(self, node: Any) -> Iterable[str]:
        """Note the statements that stand in a block as they are; whether they run is another matter."""
        said = {each.defname: each.arg.sval for each in node.args}
        if said.get("language", "plpgsql") != "plpgsql":
            return (f"a block in {said['language']}",)
        try:
            tree = parse_plpgsql(f"DO $devdb_block${said['as']}$devdb_block$")
        except (ParseError, json.JSONDecodeError) as exc:
            return (f"not understood: {exc.args[0]}",)
        reasons = []
        for kind, statement in _within(tree):
            if kind == "PLpgSQL_stmt_dynexecute":
                reasons.append("a block whose statements are put together when it runs")
            elif kind == "PLpgSQL_stmt_execsql":
                try:
                    for each in parsed(statement["sqlstmt"]["PLpgSQL_expr"]["query"]):
                        reasons += self.note(each.stmt)
                except ParseError as exc:
                    reasons.append(f"not understood: {exc.args[0]}")
        return dict.fromkeys(reasons)

    def _import(self, _node: Any) -> Iterable[str]:
        return ("IMPORT FOREIGN SCHEMA creates what another server has",)


def of_types(types: Iterable[Any] | None) -> Args | None:
    """Names of types without their schemas. None where one is that of a column, which only the database knows."""
    found = []
    for each in types or ():
        if each is None:
            found.append("none")
        elif not isinstance(each, ast.TypeName) or each.pct_type:
            return None
        else:
            found.append(last(each.names) + ("[]" if each.arrayBounds else ""))
    return tuple(found)


def last(names: Sequence[Any] | None) -> str:
    return str(names[-1].sval) if names else ""


def _within(tree: Any) -> Iterator[tuple[str, Any]]:
    """Every named part of what the parser of PL/pgSQL tells."""
    if isinstance(tree, list):
        for each in tree:
            yield from _within(each)
    elif isinstance(tree, dict):
        for name, each in tree.items():
            yield name, each
            yield from _within(each)


def _of_parameters(parameters: Iterable[Any]) -> Args | None:
    modes = enums.FunctionParameterMode
    outside = (modes.FUNC_PARAM_OUT, modes.FUNC_PARAM_TABLE)
    return of_types([each.argType for each in parameters if each.mode not in outside])


def _split(names: Sequence[Any]) -> tuple[str | None, str]:
    *schema, name = [part.sval for part in names]
    return (schema[-1] if schema else None), name


def _constant(node: Any) -> str | None:
    value = getattr(node, "val", None)
    return value.sval if isinstance(value, ast.String) else None
