"""A plan as one HTML page: the graph of tables and keys, and the figures below it. Nothing is fetched by it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from html import escape
from typing import Any

from devdb.pages import filled, script
from devdb.planning.layout import BOX_HEIGHT, BOX_WIDTH, Layout, layout
from devdb.planning.plan import Plan, PlannedKey, PlannedTable
from devdb.planning.plan_file import readable


def page(plan: Plan) -> str:
    """The page of a plan, to be written into a file or served as it is."""
    parts = {
        "title": escape(f"Plan: {plan.source} → {plan.target}"),
        "head": "".join(_head(plan)),
        "figures": "".join(_figures(plan)),
        # Last: names of tables may look like one of ours.
        "data": script(_data(plan)),
    }
    return filled("devdb.planning", parts)


def _data(plan: Plan) -> dict[str, Any]:
    values = plan.values
    for table in values["tables"]:
        table["schema"], table["name"] = _divided(table["table"])
    names = [table.table for table in plan.tables]
    taken = {table.table for table in plan.tables if table.origin is not None}
    # What is cut off belongs to the picture of what is taken.
    taken |= {key.parent for key in plan.keys if key.is_cut and key.child in taken}
    values["box"] = [BOX_WIDTH, BOX_HEIGHT]
    values["layouts"] = {
        "sample": _placed([name for name in names if name in taken], plan.keys, taken),
        "all": _placed(names, plan.keys, set(names)),
    }
    return values


def _placed(names: list[str], keys: Iterable[PlannedKey], among: Collection[str]) -> dict[str, Any]:
    drawn = [key for key in keys if key.child in among and key.parent in among]
    found: Layout = layout(names, [(key.child, key.parent) for key in drawn])
    return {
        "width": round(found.width),
        "height": round(found.height),
        "boxes": {name: [round(x), round(y)] for name, (x, y) in found.boxes.items()},
        "lines": [
            [key.key, [[round(x), round(y)] for x, y in points]] for key, points in zip(drawn, found.lines, strict=True)
        ],
    }


def _divided(table: str) -> tuple[str, str]:
    schema, _, name = table.partition(".")
    return schema, name


def _head(plan: Plan) -> Iterator[str]:
    about = "" if plan.is_exact else "~"
    taken = sum(1 for table in plan.tables if table.rows)
    yield f"<header>\n<h1>{escape(plan.source)} → {escape(plan.target)}</h1>\n"
    for figure, words in (
        (f"{about}{plan.rows:,}", "rows"),
        (f"{about}{readable(plan.bytes)}", "without indexes"),
        (f"{taken} of {len(plan.tables)}", "tables"),
        (f"~{plan.seconds:.0f} s", f"measured by {plan.measured}"),
    ):
        yield f'<span class="figure"><b>{escape(figure)}</b> {escape(words)}</span>\n'
    yield f'<span class="figure">{"counted" if plan.is_exact else "estimated"} {escape(plan.made)}</span>\n</header>\n'


def _figures(plan: Plan) -> Iterator[str]:
    if plan.notes:
        yield '<ul class="notes">' + "".join(f"<li>{escape(note)}</li>" for note in plan.notes) + "</ul>\n"
    yield from _tables(plan)
    yield from _keys([key for key in plan.keys if key.follow or key.is_cut or key.is_virtual])
    if plan.missing_indexes:
        yield "<h2>Indexes that the source lacks</h2>\n"
        yield "<p>Without them each fetch reads the table from end to end.</p>\n"
        yield from _table(
            ("key", "table", "rows read", "what would help"),
            (
                [_cell(index.key), _cell(index.table), _number(index.rows), _code(index.create or "nothing: an array")]
                for index in plan.missing_indexes
            ),
            numbers={2},
        )
    if plan.unsent:
        yield "<h2>What the wrapper cannot send</h2>\n<p>It is looked at here, after the rows came over. "
        yield "The direct reader leaves it to the source.</p>\n"
        yield from _table(
            ("table", "what", "why", "sent instead"),
            (
                [_cell(part.table), _code(part.clause), _cell(part.reason), _code(part.remote_sql or "")]
                for part in plan.unsent
            ),
        )


def _tables(plan: Plan) -> Iterator[str]:
    yield "<h2>Tables</h2>\n"
    titles = ("table", "rows", "in the source", "by rule", "for keys", "children", "size", "seconds", "why")
    yield '<div class="scroll"><table>\n<thead><tr>'
    for position, title in enumerate(titles):
        yield f"<th data-sort{' class=n' if 0 < position < len(titles) - 1 else ''}>{title}</th>"
    yield "</tr></thead>\n<tbody>\n"
    for table in sorted(plan.tables, key=lambda table: (-table.rows, table.table)):
        yield _row(table)
    yield "</tbody>\n</table></div>\n"


def _row(table: PlannedTable) -> str:
    badge = '<span class="badge cut">barred</span>' if table.rule == "empty" else ""
    badge += '<span class="badge cap">guess</span>' if table.is_guess else ""
    why = table.why or ""
    if table.place is not None and table.by_rule:
        why += f" ({table.place})"
    cells = [
        f"<td>{escape(table.table)}{badge}</td>",
        *(_number(n) for n in (table.rows, table.source_rows, table.by_rule, table.by_key, table.by_child)),
        f'<td class="n" data-value="{table.bytes}">{readable(table.bytes)}</td>',
        f'<td class="n" data-value="{table.seconds}">{table.seconds:.1f}</td>',
        f'<td class="why">{escape(why)}</td>',
    ]
    return f'<tr data-table="{escape(table.table)}"{"" if table.rows else " class=none"}>{"".join(cells)}</tr>\n'


def _keys(keys: list[PlannedKey]) -> Iterator[str]:
    if not keys:
        return
    yield "<h2>Keys of which something is said</h2>\n"
    rows = []
    for key in keys:
        badges = "".join(
            f'<span class="badge {kind}">{words}</span>'
            for kind, words, holds in (
                ("virtual", "virtual", key.is_virtual),
                ("cut", "cut", key.is_cut),
                ("cap", "cap bites", key.cap is not None),
            )
            if holds
        )
        told = f"{key.nulled_rows:,} rows get NULL in {', '.join(key.nulled) or 'no column'}" if key.is_cut else ""
        if key.cap is not None:
            largest = "" if key.cap.largest is None else f", up to {key.cap.largest:,}"
            told += f"{'; ' if told else ''}{key.cap.parents:,.0f} parents have more than {key.cap.max:,}: "
            told += f"{key.cap.average:,} on average{largest}"
        rows.append(
            [
                f"<td>{escape(key.key)}{badges}</td>",
                _cell(key.parent),
                _cell(key.follow or "none"),
                _number(key.followed),
                _number(key.fetched),
                _cell(told),
            ]
        )
    yield from _table(("key", "parent", "children", "followed", "parents fetched", ""), rows, numbers={3, 4})


def _table(titles: Iterable[str], rows: Iterable[list[str]], *, numbers: Collection[int] = ()) -> Iterator[str]:
    yield '<div class="scroll"><table>\n<thead><tr>'
    for position, title in enumerate(titles):
        yield f"<th{' class=n' if position in numbers else ''}>{title}</th>"
    yield "</tr></thead>\n<tbody>\n"
    for row in rows:
        yield f"<tr>{''.join(row)}</tr>\n"
    yield "</tbody>\n</table></div>\n"


def _cell(text: str) -> str:
    return f"<td>{escape(text)}</td>"


def _code(text: str) -> str:
    return f'<td class="sql"><code>{escape(text)}</code></td>'


def _number(value: int) -> str:
    return f'<td class="n" data-value="{value}">{value:,}</td>'
