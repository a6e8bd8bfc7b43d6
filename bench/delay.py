"""A TCP proxy that makes a server seem far away."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_BLOCK_BYTES = 1 << 16
# What is on its way at once, in blocks: far more than a connection of these distances holds.
_BLOCKS_UNDER_WAY = 256


@contextmanager
def proxy(port: int, *, round_trip_s: float) -> Iterator[int]:
    """Within the block, connections to the returned port of 127.0.0.1 reach `port` there, half the delay each way.

    Bandwidth is not limited: blocks are late, not slow.
    """
    loop = asyncio.new_event_loop()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(
                _forward(reader, far_writer, round_trip_s / 2), _forward(far_reader, writer, round_trip_s / 2)
            )

    server = loop.run_until_complete(asyncio.start_server(accept, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, name="delay", daemon=True)
    thread.start()
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)


async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float) -> None:
    """Hand on what comes, each block `delay_s` after it came and in order."""
    loop = asyncio.get_running_loop()
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_BLOCKS_UNDER_WAY)

    async def take() -> None:
        with suppress(OSError):
            while block := await reader.read(_BLOCK_BYTES):
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
