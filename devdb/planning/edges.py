"""Which rows a row refers to, and which refer to it: asked at the source for many rows at once, and remembered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from devdb.catalog.model import ForeignKey, Source
from devdb.planning.seeds import Place
from devdb.sampling import references
from devdb.sampling.choice import Reference
from devdb.server.connection import Connection
from devdb.sqltext.quoting import ident, literal

# Children of one parent that are read where no cap says how many; beyond, the walk is given up.
MOST_CHILDREN = 20_000

# Places in one statement.
_CHUNK = 10_000

Node = int


@dataclass(frozen=True)
class Step:
    """One key in one direction: up, from child to parent, or down."""

    reference: int
    is_up: bool


@dataclass
class Cap:
    """How often the cap of a key was met: parents whose children were asked for, those with more than allowed."""

    parents: int = 0
    capped: int = 0


@dataclass
class Nodes:
    """Rows by number: `place` says where each lies, `table` which filled table it belongs to, by OID."""

    place: list[Place] = field(default_factory=list)
    table: list[int] = field(default_factory=list)
    _number: dict[Place, Node] = field(default_factory=dict)

    def number(self, table: int, place: Place) -> Node:
        node = self._number.get(place)
        if node is None:
            node = self._number[place] = len(self.place)
            self.place.append(place)
            self.table.append(table)
        return node


class Edges:
    """The neighbours of rows, by key and direction. All of it within one snapshot, in which a ctid is a row's name."""

    def __init__(
        self,
        connection: Connection,
        source: Source,
        followed: Sequence[Reference],
        *,
        scanned: Collection[int],
        seed: int,
    ) -> None:
        """`scanned` are those of `followed`, by position, whose children only a reading of the whole table finds."""
        self.nodes = Nodes()
        self.caps: dict[int, Cap] = {}
        self._connection = connection
        self._source = source
        self._references = followed
        self._scanned = scanned
        self._seed = seed
        self._known: dict[Step, dict[Node, tuple[Node, ...]]] = {}
        # The tables, by OID, whose rows a reference's child and parent are; a partition's rows are its root's.
        self.child_of = [source.root(reference.key.child).oid for reference in followed]
        self.parent_of = [source.root(reference.key.parent).oid for reference in followed]

    def of(self, step: Step, node: Node) -> tuple[Node, ...] | None:
        """The neighbours of `node`; None when they were not asked for yet."""
        return self._known.get(step, {}).get(node)

    def ask(self, wanted: Mapping[Step, Collection[Node]]) -> None:
        """Have the neighbours of all these rows known, in as few round trips as there are chunks."""
        queries: list[str] = []
        size = 0
        for step, nodes in wanted.items():
            listed = sorted(nodes)
            for first in range(0, len(listed), _CHUNK):
                part = listed[first : first + _CHUNK]
                if size + len(part) > _CHUNK and queries:
                    self._send(queries)
                    queries, size = [], 0
                queries.append(self._query(step, part))
                size += len(part)
            self._known.setdefault(step, {}).update(dict.fromkeys(nodes, ()))
            if not step.is_up:
                self.caps.setdefault(step.reference, Cap()).parents += len(nodes)
        if queries:
            self._send(queries)

    def _send(self, queries: Sequence[str]) -> None:
        found: dict[tuple[Step, Place], list[tuple[int, Place]]] = {}
        for number, is_up, o, i, other_o, other_i, position in self._connection.execute(
            "\nUNION ALL\n".join(queries).encode()
        ):
            step = Step(int(str(number)), bool(is_up))
            place = int(str(o)), str(i)
            found.setdefault((step, place), []).append((int(str(position)), (int(str(other_o)), str(other_i))))
        for (step, place), others in found.items():
            reference = self._references[step.reference]
            near, far = self.child_of[step.reference], self.parent_of[step.reference]
            near, far = (near, far) if step.is_up else (far, near)
            node = self.nodes.number(near, place)
            # A ctid alone may be that of a row in another partition, which was not asked for.
            if node not in self._known[step]:
                continue
            most = None if step.is_up or reference.follow is None else reference.follow.max
            others.sort()
            if most is not None and len(others) > most:
                self.caps[step.reference].capped += 1
                others = others[:most]
            self._known[step][node] = tuple(self.nodes.number(far, other) for _, other in others)

    def _query(self, step: Step, nodes: Iterable[Node]) -> str:
        tids = literal("{" + ",".join(f'"{self.nodes.place[node][1]}"' for node in nodes) + "}") + "::tid[]"
        mark = f"{step.reference}, {'true' if step.is_up else 'false'}"
        if step.is_up:
            return self._parents(step.reference, tids, mark)
        if step.reference in self._scanned:
            return self._children_by_scan(step.reference, tids, mark)
        return self._children(step.reference, tids, mark)

    def _parents(self, number: int, tids: str, mark: str) -> str:
        key = self._references[number].key
        return (
            f"SELECT {mark}, c.tableoid::bigint, c.ctid::text, "
            "devdb_p.tableoid::bigint, devdb_p.ctid::text, 1::bigint\n"
            f"FROM {key.child.only} AS c {references.lateral(key)}\n"
            f"JOIN {key.parent.only} AS devdb_p ON {references.joined(key, 'devdb_p', 'c')}\n"
            f"WHERE c.ctid = ANY ({tids})"
        )

    def _children(self, number: int, tids: str, mark: str) -> str:
        """By an index, each parent's in the order of the cap."""
        reference = self._references[number]
        key, follow = reference.key, reference.follow
        assert follow is not None
        order = ""
        if follow.max is not None:
            order = f"ORDER BY {references.ordering(key.child, follow.order_by, seed=self._seed, alias='c')}\n"
        # One more than allowed tells whether the cap bites.
        most = MOST_CHILDREN if follow.max is None else min(MOST_CHILDREN, follow.max) + 1
        return (
            f"(SELECT {mark}, devdb_p.tableoid::bigint, devdb_p.ctid::text, x.o, x.i::text, x.n\n"
            f"FROM {key.parent.only} AS devdb_p\n"
            "CROSS JOIN LATERAL (SELECT s.o, s.i, pg_catalog.row_number() OVER () AS n FROM (\n"
            f"SELECT c.tableoid::bigint AS o, c.ctid AS i FROM {children(reference)}\n"
            f"{order}LIMIT {most}) AS s) AS x\n"
            f"WHERE devdb_p.ctid = ANY ({tids}))"
        )

    def _children_by_scan(self, number: int, tids: str, mark: str) -> str:
        """All of them, in one reading of the table; of a cap any will do, as what hangs on them is alike."""
        reference = self._references[number]
        key, follow = reference.key, reference.follow
        assert follow is not None
        where = f"WHERE (\n{follow.where}\n)" if follow.where is not None else ""
        return (
            f"(SELECT {mark}, devdb_p.tableoid::bigint, devdb_p.ctid::text, x.o, x.i::text, "
            "pg_catalog.hashtext(x.i::text)::bigint\n"
            f"FROM {key.parent.only} AS devdb_p\n"
            f"JOIN (SELECT c.tableoid::bigint AS o, c.ctid AS i, {_values(key)} "
            f"FROM {key.child.only} AS c {references.lateral(key)}\n{where}) AS x ON {_equal(key)}\n"
            f"WHERE devdb_p.ctid = ANY ({tids}) LIMIT {MOST_CHILDREN * 10})"
        )


def children(reference: Reference) -> str:
    """SQL: FROM and WHERE of the rows c that refer to the row devdb_p and meet the condition."""
    key, follow = reference.key, reference.follow
    where = f" AND (\n{follow.where}\n)" if follow is not None and follow.where is not None else ""
    return f"{key.child.only} AS c {references.lateral(key)}\nWHERE {references.joined(key, 'devdb_p', 'c')}{where}"


def _values(key: ForeignKey) -> str:
    """SQL of the child's references as v1, v2, …"""
    return ", ".join(
        f"{references.value(key, name, 'c')} AS v{position}"
        for position, name in enumerate(key.parent_columns, start=1)
    )


def _equal(key: ForeignKey) -> str:
    return " AND ".join(
        f"devdb_p.{ident(name)} {equals} x.v{position}"
        for position, (name, equals) in enumerate(zip(key.parent_columns, key.equals, strict=True), start=1)
    )
