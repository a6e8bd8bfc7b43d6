"""What masking costs."""

from __future__ import annotations

from bench import sources
from bench.report import Goal, Line
from bench.samples import Sample
from bench.timing import BenchError
from bench.workbench import Bench, dev

# Ten columns, as a table of people has them.
MASKS = {
    "public.person.first_name": "first_name",
    "public.person.last_name": "last_name",
    "public.person.email": "email",
    "public.person.phone": "phone",
    "public.person.street": "street",
    "public.person.postal_code": "postal_code",
    "public.person.city": "city",
    "public.person.born": {"kind": "date_shift", "by": "id"},
    "public.person.national_id": "pattern",
    "public.person.note": "text",
}
_SECTIONS = {"masking": {"columns": MASKS}, "classification": {"policy": "open"}, "leakcheck": False}
_EVERY = Sample("every person", {"public.person": "all"}, {})


def ten_columns(bench: Bench) -> list[Line]:
    """Every row of a table of people as it is, and with ten columns masked."""
    source = bench.sources.people
    lines = []
    for reader in bench.readers:
        plain, masked = dev(reader, "people"), dev(reader, "people", "masked")
        raw, series = bench.measure(
            bench.updating(source, _EVERY, dbname=plain, reader=reader, note="as they are"),
            bench.updating(source, _EVERY, dbname=masked, reader=reader, note="ten columns masked", besides=_SECTIONS),
        )
        rows = sources.check_same(bench.place, plain, source, ("public.person",))
        if sources.count(bench.place, masked, ("public.person",)) != rows:
            raise BenchError(f"{masked} has not every person")
        lines += [
            Line.of("M", raw, rows=rows),
            Line.of("M", series, rows=rows, floor=raw, goal=Goal(2)),
        ]
    return lines
