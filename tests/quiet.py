"""A reporter for tests that look at results, not at progress."""

from __future__ import annotations


class Quiet:
    """Hears of a run's progress, and remembers what it is told beside the steps."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def step(self, title: str) -> None: ...

    def note(self, text: str) -> None:
        self.told.append(text)

    def warning(self, text: str) -> None:
        self.told.append(text)

    def detail(self, text: str, *, level: int) -> None: ...
