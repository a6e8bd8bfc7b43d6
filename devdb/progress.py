"""What a run says while it works; how that is shown is the command's business."""

from __future__ import annotations

from typing import Protocol


class Reporter(Protocol):
    """Hears of a run's progress. None of these may hold a secret."""

    def step(self, title: str) -> None:
        """A step begins ("importing foreign schemas"); the one before has ended."""

    def note(self, text: str) -> None:
        """Something worth knowing."""

    def warning(self, text: str) -> None:
        """Something that the person should look at, though the run goes on."""

    def detail(self, text: str, *, level: int) -> None:
        """Something for those who asked to hear more: `level` 1 for one -v, 2 for two."""
