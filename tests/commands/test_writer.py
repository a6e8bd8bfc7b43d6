"""While the source is written to, a run sees one moment of it: no orphan, no half of what was committed together."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from workbench import Run

# More for a night: DEVDB_BUILDS=100 scripts/test tests/commands/test_writer.py.
_BUILDS = int(os.environ.get("DEVDB_BUILDS", "2"))

# A customer knows how many orders there are, an order has two items whose amounts are each other's opposite and refers
# to one of them, the ledger is balanced, and each transaction moves the clock and leaves a tick.
_SOURCE = """
    CREATE TABLE clock (hour int PRIMARY KEY);
    CREATE TABLE tick (hour int PRIMARY KEY);
    CREATE TABLE customer (id int PRIMARY KEY, orders int NOT NULL);
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, first_item int NOT NULL);
    CREATE TABLE item (id int PRIMARY KEY, order_id int NOT NULL REFERENCES orders, amount int NOT NULL);
    CREATE TABLE ledger (order_id int NOT NULL, amount int NOT NULL);
    CREATE INDEX ON orders (customer_id);
    CREATE INDEX ON item (order_id);
    CREATE INDEX ON ledger (order_id);
    INSERT INTO clock VALUES (0);
    INSERT INTO customer SELECT n, 10 FROM generate_series(0, 39) AS n;
    INSERT INTO orders SELECT n, n % 40, 2 * n FROM generate_series(0, 399) AS n;
    INSERT INTO item SELECT n, n / 2, (n / 2) * (1 - 2 * (n % 2)) FROM generate_series(0, 799) AS n;
    INSERT INTO ledger SELECT n / 2, 1 - 2 * (n % 2) FROM generate_series(0, 799) AS n;
    ALTER TABLE orders ADD FOREIGN KEY (first_item) REFERENCES item DEFERRABLE INITIALLY DEFERRED;
    ANALYZE;
"""

# Customers with all that is theirs; and from items up to their orders, and down to the others of these.
_SETTINGS = """
sampling:
  default: all
  tables:
    public.customer: {where: id % 4 = 0}
    public.orders: none
    public.item: {where: id % 7 = 0}
  follow:
    public.orders(customer_id): all
    public.item(order_id): {of: all}
"""

# Questions whose answer is the number of rows that should not be.
_HALVES = {
    "orders without both items": """
        SELECT count(*) FROM (
            SELECT FROM orders AS o LEFT JOIN item AS i ON i.order_id = o.id
            GROUP BY o.id HAVING count(i.id) <> 2 OR sum(i.amount) <> 0
        ) AS found
    """,
    "orders whose first item is another's": """
        SELECT count(*) FROM orders AS o LEFT JOIN item AS i ON i.id = o.first_item
        WHERE i.order_id IS DISTINCT FROM o.id
    """,
    "items without an order": """
        SELECT count(*) FROM item AS i LEFT JOIN orders AS o ON o.id = i.order_id WHERE o.id IS NULL
    """,
    "customers without some of their orders": """
        SELECT count(*) FROM customer AS c
        WHERE c.id % 4 = 0 AND c.orders <> (SELECT count(*) FROM orders AS o WHERE o.customer_id = c.id)
    """,
    "orders without a customer": """
        SELECT count(*) FROM orders AS o LEFT JOIN customer AS c ON c.id = o.customer_id WHERE c.id IS NULL
    """,
    "orders that the ledger does not know": """
        SELECT count(*) FROM orders AS o WHERE 2 <> (SELECT count(*) FROM ledger AS l WHERE l.order_id = o.id)
    """,
    "amounts that the ledger lacks": "SELECT abs(sum(amount)) FROM ledger",
    "ticks that the clock does not know": "SELECT abs((SELECT count(*) FROM tick) - (SELECT hour FROM clock))",
}


@pytest.mark.parametrize("reader", ["wrapper", "direct"])
def test_no_orphan_and_no_half_pair(
    make_db: Callable[..., str], run: Run, ask: Callable[..., Any], reader: str
) -> None:
    source = make_db("proddb")
    with psycopg.connect(source) as connection:
        connection.execute(_SOURCE)
    with _writer(source) as writes:
        for number in range(_BUILDS):
            before = writes()
            command = "build-dev-db" if number == 0 else ("update-dev-db-data", "update-dev-db-schema")[number % 2]
            run(command, "--no-dump", "-q", "--reader", reader, "-j", "2", settings=_SETTINGS)
            assert writes() > before + 20, "the source was hardly written to"
            assert {name: ask("devdb", question) for name, question in _HALVES.items()} == dict.fromkeys(_HALVES, 0)
            assert before <= ask("devdb", "SELECT hour FROM clock") <= writes()
            assert ask("devdb", "SELECT count(*) FROM orders") > 50


@contextmanager
def _writer(conninfo: str) -> Iterator[Callable[[], int]]:
    """Write to the source all the while; yields what tells the number of transactions so far."""
    writer = _Writer(conninfo)
    writer.start()
    try:
        yield lambda: writer.hour
    finally:
        writer.ending.set()
        writer.join(timeout=30)
    assert writer.failure is None


class _Writer(threading.Thread):
    def __init__(self, conninfo: str) -> None:
        super().__init__(daemon=True)
        self.ending = threading.Event()
        self.hour = 0
        self.failure: BaseException | None = None
        self._conninfo = conninfo
        self._chance = random.Random(7)
        self._orders = list(range(400))
        self._customers = {order: order % 40 for order in self._orders}

    def run(self) -> None:
        try:
            with psycopg.connect(self._conninfo, autocommit=True) as connection:
                # Nobody waits for a disk here, and a server with two cores has others to serve.
                connection.execute("SET synchronous_commit = off")
                while not self.ending.wait(0.001):
                    with connection.transaction(), connection.pipeline():
                        self._chance.choice((self._add, self._remove, self._change, self._move))(connection)
                        connection.execute("UPDATE clock SET hour = hour + 1")
                        connection.execute("INSERT INTO tick VALUES (%s)", (self.hour + 1,))
                    self.hour += 1
        except BaseException as exc:
            self.failure = exc

    def _add(self, connection: psycopg.Connection[Any]) -> None:
        order, customer, amount = self.hour + 1000, self._chance.randrange(40), self._chance.randrange(1000)
        connection.execute("INSERT INTO orders VALUES (%s, %s, %s)", (order, customer, 2 * order + 1))
        connection.execute("INSERT INTO ledger VALUES (%s, %s)", (order, amount))
        connection.execute("INSERT INTO item VALUES (%s, %s, %s)", (2 * order, order, amount))
        connection.execute("INSERT INTO item VALUES (%s, %s, %s)", (2 * order + 1, order, -amount))
        connection.execute("INSERT INTO ledger VALUES (%s, %s)", (order, -amount))
        connection.execute("UPDATE customer SET orders = orders + 1 WHERE id = %s", (customer,))
        self._orders.append(order)
        self._customers[order] = customer

    def _remove(self, connection: psycopg.Connection[Any]) -> None:
        order = self._orders.pop(self._chance.randrange(len(self._orders)))
        connection.execute("DELETE FROM item WHERE order_id = %s", (order,))
        connection.execute("DELETE FROM orders WHERE id = %s", (order,))
        connection.execute("DELETE FROM ledger WHERE order_id = %s", (order,))
        connection.execute("UPDATE customer SET orders = orders - 1 WHERE id = %s", (self._customers.pop(order),))

    def _change(self, connection: psycopg.Connection[Any]) -> None:
        order, amount = self._chance.choice(self._orders), self._chance.randrange(1000)
        connection.execute("UPDATE item SET amount = %s WHERE id = %s", (amount, 2 * order))
        connection.execute("UPDATE item SET amount = %s WHERE id = %s", (-amount, 2 * order + 1))

    def _move(self, connection: psycopg.Connection[Any]) -> None:
        order, customer = self._chance.choice(self._orders), self._chance.randrange(40)
        connection.execute("UPDATE customer SET orders = orders - 1 WHERE id = %s", (self._customers[order],))
        connection.execute("UPDATE orders SET customer_id = %s WHERE id = %s", (customer, order))
        connection.execute("UPDATE customer SET orders = orders + 1 WHERE id = %s", (customer,))
        self._customers[order] = customer
