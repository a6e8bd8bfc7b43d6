"""A TCP proxy that makes a server seem far away, and counts how often somebody waits for it."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_BLOCK_BYTES = 1 << 16
# What is on its way at once, in blocks: far more than a connection of these distances holds.
_BLOCKS_UNDER_WAY = 256

# A table that a statement reads (what is named otherwise belongs to the catalog), and a cursor of the wrapper's.
_TABLE = re.compile(rb'\bpublic"?\."?(\w+)')
_DECLARED = re.compile(rb"\bDECLARE (\w+) CURSOR\b")
_FETCHED = re.compile(rb"\bFETCH \w+ FROM (\w+)")


@dataclass
class Link:
    """A port of 127.0.0.1 that leads to the server.

    `turns` counts the times that a client spoke after the server had: each is a round trip, by the table that it named
    ("" for none: the start of a session, its transaction, the catalog).
    """

    port: int = 0
    turns: Counter[str] = field(default_factory=Counter)


@dataclass
class _Client:
    """One connection: whose turn it is, and what its cursors read."""

    link: Link
    answered: bool = True
    tables: dict[bytes, str] = field(default_factory=dict)

    def spoke(self, block: bytes) -> None:
        # What comes before an answer to what went before is no further round trip.
        if self.answered:
            self.link.turns[self._about(block)] += 1
        self.answered = False

    def was_answered(self, _block: bytes) -> None:
        self.answered = True

    def _about(self, block: bytes) -> str:
        fetched = _FETCHED.search(block)
        if fetched:
            return self.tables.get(fetched[1], "")
        found = _TABLE.search(block)
        name = found[1].decode() if found else ""
        declared = _DECLARED.search(block)
        if declared:
            self.tables[declared[1]] = name
        return name


@contextmanager
def proxy(port: int, *, round_trip_s: float) -> Iterator[Link]:
    """Within the block, connections to the link's port reach `port` of 127.0.0.1, half the delay each way.

    Bandwidth is not limited: blocks are late, not slow.
    """
    loop = asyncio.new_event_loop()
    link = Link()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = _Client(link)
        with suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(
                _forward(reader, far_writer, round_trip_s / 2, client.spoke),
                _forward(far_reader, writer, round_trip_s / 2, client.was_answered),
            )

    server = loop.run_until_complete(asyncio.start_server(accept, "127.0.0.1", 0))
    link.port = int(server.sockets[0].getsockname()[1])
    thread = threading.Thread(target=loop.run_forever, name="delay", daemon=True)
    thread.start()
    try:
        yield link
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)


async def _forward(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float, seen: Callable[[bytes], None]
) -> None:
    """Hand on what comes, each block `delay_s` after it came and in order."""
    loop = asyncio.get_running_loop()
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_BLOCKS_UNDER_WAY)

    async def take() -> None:
        with suppress(OSError):
            while block := await reader.read(_BLOCK_BYTES):
                seen(block)
                await under_way.put((loop.time() + delay_s, block))
        await under_way.put((loop.time() + delay_s, b""))

    taking = asyncio.ensure_future(take())
    try:
        with suppress(OSError):
            while True:
                due_s, block = await under_way.get()
                await asyncio.sleep(max(0.0, due_s - loop.time()))
                if not block:
                    break
                writer.write(block)
                await writer.drain()
    finally:
        taking.cancel()
        writer.close()
