"""The documentation as tests look at it: files, sections, blocks of code, inline code."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCS = ROOT / "docs"
DOCUMENTS = [README, ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name(path: Path) -> str:
    """What a test's id calls it."""
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path, language: str) -> list[str]:
    """The blocks of code that are marked as this language, in their order."""
    return [found[2] for found in _BLOCK.finditer(text(path)) if found[1] == language]


def prose(path: Path) -> str:
    """The text without its blocks of code."""
    return _BLOCK.sub("", text(path))


def section(path: Path, title: str) -> str:
    """The prose below the heading `title`, up to the next heading of its rank or a higher one."""
    found = re.search(rf"^(#+) {re.escape(title)}$", prose(path), flags=re.MULTILINE)
    assert found is not None, f"{name(path)} has no section {title}"
    rest = prose(path)[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, flags=re.MULTILINE)
    return rest[: end.start()] if end else rest


def inline_code(markdown: str) -> list[str]:
    """What stands between single backticks."""
    return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", markdown)


def anchors(path: Path) -> set[str]:
    """What a link may name after #, by the rules of GitHub."""
    headings = re.findall(r"^#+ (.*)$", prose(path), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-") for heading in headings}


def links(path: Path) -> list[str]:
    """The targets of all links within the repository."""
    found = re.findall(r"\]\(([^)\s]+)\)", prose(path))
    return [target for target in found if "://" not in target]
