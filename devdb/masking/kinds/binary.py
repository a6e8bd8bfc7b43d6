"""Masks of octets and of shapes on maps."""

from __future__ import annotations

import re
import struct
import zlib
from typing import Any

from devdb.masking.families import Family
from devdb.masking.kind import Fit, Kind, Row
from devdb.masking.once import once


class Bytes(Kind):
    """No octets, or a picture or a document that programs can open."""

    name = "bytes"
    families = frozenset({Family.BYTES})
    is_strict = False

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        return f"pg_catalog.decode('{_CONTENT[options.content].hex()}', 'hex')"


class Geometry(Kind):
    """The bounding box, as far as the column can hold one: a line has its diagonal.

    The box of a point is the point: it goes to the corner of a cell of a grid, of 0.1 degrees or, where coordinates are
    no degrees, 10,000 units. Heights and measures become 0.
    """

    name = "geometry"
    families = frozenset({Family.GEOMETRY})

    def refusal(self, fit: Fit, options: Any) -> str | None:
        if _shape(fit)[0] not in _BOXES:
            served = ", ".join(name for name in _BOXES if name)
            return f"geometry cannot serve {fit.type}: it has boxes for {served}, and columns of any shape"
        return None

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        # The extension's functions are where its type is. Unqualified, both are found by search_path alone.
        schema, _, type_name = fit.base_type.rpartition(".")
        at = f"{schema}." if schema else ""
        shape, dimensions = _shape(fit)
        shape_value = f"({value})::{at}geometry" if type_name.strip('"') == "geography" else value
        masked = once(
            f"{at}ST_Force2D({shape_value})",
            lambda flat: f"CASE WHEN {at}ST_IsEmpty({flat}) THEN {flat} ELSE {_box(flat, shape, at)} END",
            "devdb_flat",
        )
        if dimensions:
            masked = f"{at}{_FORCED[dimensions]}({masked})"
        return f"({masked})::{fit.base_type}"


_SUBTYPE = re.compile(r"\(([a-z]+?)(zm|z|m)?[,)]", re.IGNORECASE)
_FORCED = {"z": "ST_Force3DZ", "m": "ST_Force3DM", "zm": "ST_Force4D"}
_BOXES = {
    "": "CASE WHEN {at}ST_GeometryType({at}ST_Envelope({g})) = 'ST_Point' THEN {point} ELSE {at}ST_Envelope({g}) END",
    "point": "{point}",
    "linestring": "{line}",
    "polygon": "{polygon}",
    "multipoint": "{at}ST_Multi({point})",
    "multilinestring": "{at}ST_Multi({line})",
    "multipolygon": "{at}ST_Multi({polygon})",
}
_POLYGON = (
    "{at}ST_MakeEnvelope({at}ST_XMin({g}), {at}ST_YMin({g}), {at}ST_XMax({g}), {at}ST_YMax({g}), {at}ST_SRID({g}))"
)
_LINE = "{at}ST_BoundingDiagonal({g})"
_POINT = (
    "{at}ST_SnapToGrid({at}ST_StartPoint({at}ST_BoundingDiagonal({g})), CASE WHEN {at}ST_XMin({g}) >= -180"
    " AND {at}ST_XMax({g}) <= 180 AND {at}ST_YMin({g}) >= -90 AND {at}ST_YMax({g}) <= 90 THEN 0.1 ELSE 10000 END)"
)


def _shape(fit: Fit) -> tuple[str, str]:
    """What a column's type allows, in lower case, and its dimensions beyond two; nothing for any."""
    found = _SUBTYPE.search(fit.type)
    if found is None or found[1].lower() == "geometry":
        return "", (found[2] or "").lower() if found else ""
    return found[1].lower(), (found[2] or "").lower()


def _box(flat: str, shape: str, at: str) -> str:
    parts = {
        name: text.format(g=flat, at=at) for name, text in (("polygon", _POLYGON), ("line", _LINE), ("point", _POINT))
    }
    return _BOXES[shape].format(g=flat, at=at, **parts)


def _png() -> bytes:
    """One grey pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixel = zlib.compress(b"\0\x80")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def _pdf() -> bytes:
    """One empty page."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Resources<<>>>>",
    )
    written, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (count, table, count, len(written))
    )


_CONTENT = {"empty": b"", "png": _png(), "pdf": _pdf()}


KINDS = (Bytes(), Geometry())
