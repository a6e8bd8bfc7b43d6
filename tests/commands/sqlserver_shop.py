"""A SQL Server's shop that is hard to copy: composite keys, a circle, odd names, keys of every type."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlserver_schema import Column, Key, Table

# More than fit into one list, and all that a constant could fall over.
ODD_CODES = [
    "it's", "''", "back\\slash", "end\\", "a\\\nb", "a\\\r\nb", "line\n", "ünï", "日本", "🎉 party", "abc", "ABC",
    "Abc", "a, b", "NULL", "[b]", "%", '"q"', "'); --", " lead", "$tsql$", "$devdb$", "{1,2}", "N'x'", "Ł",
]  # fmt: skip
CODES = [*ODD_CODES, *(f"C{number:04d}" for number in range(1, 1601))]
SHELF = "Shelf ]\"'x"
# Dates and times as SQL Server has them: of more digits than PostgreSQL, which are not of a key.
KEYS_OF_KINDS = {
    "date": ("date", lambda n: f"20{n:02d}-02-{n % 28 + 1:02d}"),
    "moment": ("datetime2(7)", lambda n: f"2024-03-{n % 28 + 1:02d} 23:59:59.{n:06d}0"),
    "old": ("datetime", lambda n: f"1999-12-31 23:{n:02d}:59.{n * 10:03d}"),
    "time": ("time(3)", lambda n: f"{n % 24:02d}:05:06.{n:03d}"),
    "zoned": ("datetimeoffset(3)", lambda n: f"2024-01-{n % 28 + 1:02d} 00:30:{n:02d}.123 {'+-'[n % 2]}05:30"),
    "amount": ("decimal(20, 4)", lambda n: Decimal(n - 20) * Decimal("12345678901.0001")),
    "money": ("money", lambda n: Decimal(n - 20) * Decimal("0.0001")),
    "bytes": ("varbinary(8)", lambda n: bytes([n, 0, 39, 92, 255][: n % 5 + 1])),
    "float": ("float", lambda n: (n - 20) * 0.1 * 10**n),
    "small": ("tinyint", lambda n: n + 200),
    "flag": ("bit", lambda n: n % 2 == 0),
}


SEQUENCES = [("dbo", "OrderNo", 1000, 1, 1000, 9999, 1, 0, 1042)]


def uuid_of(number: int) -> UUID:
    return UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128)


def tables(people: int = 1700, items: int = 800, lines: int = 2000) -> list[Table]:
    shelves = [(room, f"{'AB'[number % 2]}{number}"[:3].ljust(3)) for room in range(1, 21) for number in range(12)]
    names = {n: f"Person {n} 🎉" if n % 7 == 0 else f"Person {n}" for n in range(1, people + 1)}
    emails = {n: None if n % 11 == 0 else f"p{n}@example.org" for n in names}
    country = Table(
        "dbo",
        "Country",
        [Column("Code", "nvarchar(20)", not_null=True), Column("NAME", "varchar(60)"), Column("Place", "hierarchyid")],
        ("Code",),
        [{"Code": code, "NAME": f"Land {n}" if n % 3 else None, "Place": f"/1/{n}/"} for n, code in enumerate(CODES)],
    )  # fmt: skip
    person = Table(
        "dbo",
        "Person",
        [
            Column("PersonID", "int", not_null=True, identity=True),
            Column("Name", "nvarchar(80)", not_null=True, alias="dbo.NameType", comment="As it is on letters"),
            Column("Email", "nvarchar(120)"),
            Column("Country", "nvarchar(20)"),
            Column("Boss", "int"),
            Column("Favourite", "uniqueidentifier"),
            Column("Born", "date"),
            Column("IsVip", "bit", not_null=True, default="((0))"),
            Column("Balance", "money"),
            Column("Created", "datetime2(7)", not_null=True, default="(sysdatetime())"),
            Column("Note", "nvarchar(max)"),
            Column("Shown", "nvarchar(200)", computed="([Name]+isnull(N' <'+[Email],''))"),
            Column("RowVer", "rowversion", not_null=True),
        ],
        ("PersonID",),
        [
            {
                "PersonID": n,
                "Name": names[n],
                "Email": emails[n],
                "Shown": names[n] + (f" <{emails[n]}" if emails[n] else ""),
                "Country": None if n % 13 == 0 else CODES[n * 31 % len(CODES)],
                # Chains of bosses, and a circle of three.
                "Boss": 3 if n == 1 else n - 1 if n in (2, 3) else n // 2 if n % 3 else None,
                "Favourite": uuid_of(n % items + 1) if n % 5 == 0 else None,
                "Born": f"19{n % 90 + 10}-0{n % 9 + 1}-17",
                "IsVip": n % 4 == 0,
                "Balance": None if n % 10 == 0 else Decimal(n * 12345 - 1_000_000) / 10000,
                "Created": f"2024-05-06 07:08:{n % 60:02d}.{n:07d}",
                "Note": None if n % 2 else "" if n % 6 == 0 else f"ünï {n}\n" * 30,
                "RowVer": n.to_bytes(8, "big"),
            }
            for n in names
        ],
        [
            Key(("Country",), ("dbo", "Country"), ("Code",)),
            Key(("Boss",), ("dbo", "Person"), ("PersonID",)),
            Key(("Favourite",), ("dbo", "Item"), ("Id",)),
        ],
        indexes={"IX_Person_Email": (True, ("Email", "PersonID"))},
        comment="Who buys: it's a table",
    )
    shelf = Table(
        "sales dept", SHELF,
        [Column("Room", "smallint", not_null=True), Column("Number", "char(3)", not_null=True),
         Column("Label 'x'", "nvarchar(30)")],
        ("Room", "Number"),
        [{"Room": room, "Number": number, "Label 'x'": f"{room}/{number}"} for room, number in shelves],
    )  # fmt: skip
    item = Table(
        "dbo",
        "Item",
        [
            Column("Id", "uniqueidentifier", not_null=True, default="(newid())"),
            Column("Room", "smallint"),
            Column("Number", "char(3)"),
            Column("Owner", "int"),
            Column("Price", "decimal(12, 3)", not_null=True),
            Column("Tag]", "varchar(40)"),
        ],
        ("Id",),
        [
            {
                "Id": uuid_of(n),
                "Room": None if n % 17 == 0 else shelves[n % len(shelves)][0],
                "Number": shelves[n % len(shelves)][1],
                "Owner": n * 7 % people + 1 if n % 4 == 0 else None,
                "Price": Decimal(n) / 4,
                "Tag]": "" if n % 9 == 0 else f"tag {n % 50}",
            }
            for n in range(1, items + 1)
        ],
        [
            Key(("Room", "Number"), ("sales dept", SHELF), ("Room", "Number")),
            Key(("Owner",), ("dbo", "Person"), ("PersonID",)),
        ],
        checks={"CK_Price": "([Price]>=(0))"},
    )
    line = Table(
        "sales dept",
        "Order Line",
        [
            Column("Order ID", "bigint", not_null=True),
            Column("Line", "tinyint", not_null=True),
            Column("Item", "uniqueidentifier"),
            Column("taken at", "datetime2(3)", not_null=True),
            Column("Weight", "float"),
        ],
        ("Order ID", "Line"),
        [
            {
                "Order ID": n // 3 + 2**40,
                "Line": n % 3,
                "Item": uuid_of(n * 13 % items + 1) if n % 8 else None,
                "taken at": f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d} 10:{n % 60:02d}:00.{n % 1000:03d}",
                "Weight": n / 3,
            }
            for n in range(lines)
        ],
        [Key(("Item",), ("dbo", "Item"), ("Id",))],
    )
    return [country, person, shelf, item, line, *_of_kinds()]


def _of_kinds() -> list[Table]:
    """Of each type a table that has it as key, and one table that refers to all of them."""
    found = []
    columns, keys = [Column("id", "int", not_null=True)], []
    refs: list[dict[str, object]] = [{"id": n} for n in range(1, 41)]
    for kind, (type_, value) in KEYS_OF_KINDS.items():
        count = 2 if kind == "flag" else 40
        rows = [{"k": value(n), "v": n} for n in range(count)]
        found.append(
            Table("kinds", f"by_{kind}", [Column("k", type_, not_null=True), Column("v", "int")], ("k",), rows)
        )
        columns.append(Column(f"a_{kind}", type_))
        keys.append(Key((f"a_{kind}",), ("kinds", f"by_{kind}"), ("k",)))
        for n, row in enumerate(refs):
            row[f"a_{kind}"] = rows[n * 7 % count]["k"] if n % 3 else None
    return [*found, Table("kinds", "refs", columns, ("id",), refs, keys)]
