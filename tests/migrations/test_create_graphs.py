"""Whatever needs what in a source: the files make it, and none of what they make could be left out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import count

import psycopg
import pytest
from databases import new_database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from migration_making import created

from devdb.catalog import schema_archive
from devdb.dependencies import reading
from devdb.dependencies.finding import find
from devdb.migrations.layers import layers
from devdb.migrations.postgres_parts import parts
from devdb.sqltext.templates import Templates

KINDS = ("enum", "domain", "sequence", "table", "view", "function", "set")
numbers = count()


@st.composite
def schemas(draw: st.DrawFn) -> tuple[str, list[str], str]:
    """The name of a schema, statements that make it, and the identity of one object in it."""
    name = f"g{next(numbers)}"
    made: dict[str, list[str]] = {kind: [] for kind in KINDS}
    statements = [f"CREATE SCHEMA {name}"]
    later = []

    def some(kind: str) -> str | None:
        return draw(st.sampled_from(made[kind])) if made[kind] and draw(st.booleans()) else None

    for number in range(draw(st.integers(2, 9))):
        kind = draw(st.sampled_from(KINDS))
        this = f"{name}.{kind}_{number}"
        type_ = some("domain") or some("enum") or "integer"
        relation = some("view") or some("table")
        call = some("function")
        called = f"{call}()" if call else "1::bigint"
        if kind == "enum":
            statements.append(f"CREATE TYPE {this} AS ENUM ('a', 'b')")
        elif kind == "domain":
            check = f"CHECK ({called} > 0)" if call else ""
            statements.append(f"CREATE DOMAIN {this} AS {some('enum') or 'integer'} {check}")
        elif kind == "sequence":
            statements.append(f"CREATE SEQUENCE {this}")
        elif kind == "table":
            default = f"nextval('{some('sequence')}')" if made["sequence"] and draw(st.booleans()) else called
            default = "1" if "None" in default else default
            statements.append(f"CREATE TABLE {this} (id bigint PRIMARY KEY DEFAULT {default}, other bigint, v {type_})")
            if parent := draw(st.sampled_from([*made["table"], this])):
                later.append(f"ALTER TABLE {this} ADD FOREIGN KEY (other) REFERENCES {parent}")
                # And the other way: a cycle.
                if draw(st.booleans()):
                    later.append(f"ALTER TABLE {parent} ADD FOREIGN KEY (other) REFERENCES {this}")
        elif kind == "view":
            rows = some("set")
            source = f"{rows}() AS s" if rows else f"{relation} AS s" if relation else "(SELECT 1 AS id) AS s"
            statements.append(f"CREATE VIEW {this} AS SELECT s.id, {called} AS n FROM {source}")
        elif kind == "function":
            body = f"SELECT count(*) + {called} FROM {relation}" if relation else f"SELECT {called}"
            statements.append(f"CREATE FUNCTION {this}() RETURNS bigint LANGUAGE sql BEGIN ATOMIC {body}; END")
        else:
            relation = relation or "pg_catalog.pg_database"
            returned = relation if relation.startswith(name) else "bigint"
            body = f"SELECT * FROM {relation}" if relation.startswith(name) else "SELECT 1::bigint"
            column = "" if relation.startswith(name) else "OUT id bigint"
            statements.append(f"CREATE FUNCTION {this}({column}) RETURNS SETOF {returned} LANGUAGE sql AS '{body}'")
        made[kind].append(this)
    everything = [one for each in made.values() for one in each]
    return name, [*statements, *later], draw(st.sampled_from(everything))


@pytest.fixture(scope="module")
def source(cluster):
    with new_database(cluster) as made:
        yield made


@pytest.fixture(scope="module")
def target(cluster):
    with new_database(cluster) as made:
        yield made


@contextlib.contextmanager
def undone(target: psycopg.Connection) -> Iterator[None]:
    with target.transaction(force_rollback=True):
        yield


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schema=schemas())
def test_all_that_is_needed_and_nothing_more(source, target, tmp_path_factory, schema):
    name, statements, seed = schema
    source.execute(";\n".join(statements))
    folder = tmp_path_factory.mktemp("graph")
    try:
        written = created(source, folder, seed)
        with undone(target):
            for path in written.files:
                target.execute(path.read_text())
        graph = reading.read(source, Templates())
        closure = graph.needed([find(graph, seed)])
        archive = schema_archive.read(source, schemas=[name])
        for left_out in closure.things[1:]:
            less = parts(archive, graph, [thing for thing in closure.things if thing != left_out], set())
            texts = [part.text for layer in layers([part for part, _ in less]) for part in layer.parts]
            with pytest.raises(psycopg.Error), undone(target):
                target.execute(";\n".join(texts))
    finally:
        source.execute(f"DROP SCHEMA {name} CASCADE")
