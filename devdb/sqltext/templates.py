"""SQL templates: files of Jinja that become scripts whose every line knows where it came from."""

from __future__ import annotations

import importlib.util
import os
import secrets
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from pathlib import Path
from types import CodeType, TracebackType
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

import devdb
from devdb import errors
from devdb.sqltext import parameters, quoting
from devdb.sqltext.script import Script
from devdb.sqltext.template_cache import TemplateCache, with_word

BUILTIN = "builtin/"
"""In an include, means the installed file even where a site's directory holds one of that name."""

_FILTERS = parameters.FILTERS


def builtin_directory() -> Path:
    """The installed sql/ directory, or the checkout's where devdb runs without having been installed."""
    spec = importlib.util.find_spec("devdb.sql")
    if spec is not None and spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    return Path(devdb.__file__).parent.parent / "sql"


class Templates:
    """The SQL templates of one run: those of a site's directories, then the built-in ones."""

    def __init__(self, directories: Sequence[Path] = (), *, functions: Collection[str] = ()) -> None:
        """`functions` are names of values that are called in templates, and return SQL: they need no filter."""
        self._loader = _Loader([(str(directory), directory) for directory in directories])
        # Marks are told from anything a value could hold by a word that nobody can know beforehand.
        self._marks = _Marks(secrets.token_hex(8))
        self._environment = jinja2.Environment(
            loader=self._loader,
            undefined=jinja2.StrictUndefined,
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            # Constants to be folded there are none: looking for them takes time.
            optimized=False,
            extensions=[_MarkLines],
            bytecode_cache=TemplateCache(builtin_directory(), _stamp()),
        )
        self._environment.code_generator_class = _QuotingGenerator
        self._environment.template_class = _Template
        self._rendering = threading.Lock()
        self._environment.extend(devdb_marks=self._marks, devdb_functions=frozenset(functions))

    def render(self, name: str, /, **values: object) -> Script:
        """The script that template `name` ("setup_dev_db.sql", "populate/parents.sql") becomes with these values.

        Raises ScriptFailed, with the template's file and line, for a template that is not well formed, an undefined
        value, a value that no filter quotes, and a value that its filter refuses.
        """
        hidden = _Secrets(self._marks)
        try:
            # The filters know this rendering's secrets: no other thread's may begin before it ends.
            with self._rendering:
                self._environment.filters.update(_filters(self._marks, hidden))
                marked = self._environment.get_template(name).render(values)
        except jinja2.TemplateSyntaxError as exc:
            raise errors.ScriptFailed(
                exc.message or "not a template", path=self._loader.shown(exc.name or name), line=exc.lineno
            ) from exc
        except jinja2.TemplateNotFound as exc:
            raise self._not_found(exc, name) from exc
        except (jinja2.TemplateError, TypeError, ValueError) as exc:
            place, line = self._place(exc.__traceback__) or (self._loader.shown(name), None)
            raise errors.ScriptFailed(str(exc), path=place, line=line) from exc
        text, origins = self._marks.take_out(marked, self._loader.shown(name))
        path = self._loader.find(name)
        return Script(
            self._loader.shown(name), text, path=path, origins=origins, directory=path.parent, secrets=hidden.found
        )

    def source(self, name: str) -> str:
        """The text of template `name`, as its author wrote it."""
        return self._loader.find(name).read_text(encoding="utf-8")

    def are_replaced(self, name: str) -> bool:
        """Whether a site's directory holds a template of this name or, where it names a directory, any in it."""
        return any(
            (directory / name).is_file() or any((directory / name).glob("*.sql"))
            for _, directory in self._loader.directories[:-1]
        )

    def used_parameters(self, name: str) -> frozenset[str]:
        """The variables that template `name` uses, itself or through the files that it includes."""
        return parameters.used_with_includes(name, self.source)

    def _not_found(self, exc: jinja2.TemplateNotFound, name: str) -> errors.ScriptFailed:
        place, line = self._place(exc.__traceback__) or (name, None)
        looked = ", ".join(str(directory) for _, directory in self._loader.directories)
        return errors.ScriptFailed(
            f"there is no template {exc.name}", path=place, line=line, hint=f"looked in {looked}"
        )

    def _place(self, traceback: TracebackType | None) -> tuple[str, int] | None:
        """The innermost template line of a traceback; Jinja makes its frames carry the template's file and line."""
        place = None
        while traceback is not None:
            shown = self._loader.shown_by_file.get(traceback.tb_frame.f_code.co_filename)
            if shown is not None:
                place = (shown, traceback.tb_lineno)
            traceback = traceback.tb_next
        return place


class _Loader(jinja2.BaseLoader):
    """Finds a template by name, in a site's directories first."""

    def __init__(self, directories: list[tuple[str, Path]]) -> None:
        self.directories = [*directories, ("sql", builtin_directory())]
        self.shown_by_file: dict[str, str] = {}
        self._found: dict[str, tuple[str, Path]] = {}

    def get_source(
        self,
        environment: jinja2.Environment,  # noqa: ARG002  (Jinja's)
        template: str,
    ) -> tuple[str, str, None]:
        path = self.find(template)
        self.shown_by_file[str(path)] = self.shown(template)
        try:
            source = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as exc:
            raise jinja2.TemplateSyntaxError("the file is not UTF-8 text", 1, template, str(path)) from exc
        if "\0" in source:
            line = source.count("\n", 0, source.index("\0")) + 1
            raise jinja2.TemplateSyntaxError("the file holds a NUL character", line, template, str(path))
        return source, str(path), None

    def find(self, template: str) -> Path:
        return self._located(template)[1]

    def shown(self, template: str) -> str:
        """The template's file as its author knows it."""
        try:
            return self._located(template)[0]
        except jinja2.TemplateNotFound:
            return template

    def _located(self, template: str) -> tuple[str, Path]:
        """The file, asked for several times a template, and there for a whole run."""
        found = self._found.get(template)
        if found is None:
            found = self._found[template] = self._look_for(template)
        return found

    def _look_for(self, template: str) -> tuple[str, Path]:
        directories = self.directories
        relative = template
        if template.startswith(BUILTIN):
            directories, relative = directories[-1:], template[len(BUILTIN) :]
        if ".." not in Path(relative).parts:
            for shown, directory in directories:
                if (directory / relative).is_file():
                    return str(Path(shown) / relative), directory / relative
        raise jinja2.TemplateNotFound(template)


class _QuotingGenerator(CodeGenerator):
    """Makes a template's code, and refuses one that writes a value into SQL without quoting it."""

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802  (Jinja's name)
        for part in node.nodes:
            is_text = isinstance(part, nodes.TemplateData) or _is_quoted(part) or self._is_sql(part)
            if not is_text:
                message = f"a value needs a filter here, one of {', '.join(_FILTERS)}"
                raise jinja2.TemplateSyntaxError(message, part.lineno, self.name, self.filename)
        super().visit_Output(node, frame)

    def _is_sql(self, node: nodes.Node) -> bool:
        functions: frozenset[str] = self.environment.devdb_functions  # type: ignore[attr-defined]
        return isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in functions


def _is_quoted(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Filter) and node.name in _FILTERS


class _Marks:
    """Invisible notes in rendered text: a NUL, a secret word, the note, a NUL."""

    def __init__(self, word: str) -> None:
        self.start = f"\0{word}@"

    def line(self, template: str, line: int) -> str:
        return f"{self.start}{line}:{template}\0"

    def without(self, text: str) -> str:
        """`text` less its marks: a block captured by {% set %} holds them, a value cannot."""
        return "".join(piece for piece, _ in self._pieces(text)) if self.start in text else text

    def take_out(self, marked: str, shown: str) -> tuple[str, tuple[tuple[str, int], ...]]:
        """The text, and for each of its lines the template's file and line where it begins."""
        lines: list[str] = []
        origins: list[tuple[str, int]] = []
        origin = (shown, 1)
        for line in marked.split("\n"):
            text = ""
            at_start = origin
            for piece, note in self._pieces(line):
                text += piece
                if note is not None:
                    number, _, name = note.partition(":")
                    origin = (name, int(number))
                if not text:
                    at_start = origin
            lines.append(text)
            origins.append(at_start)
        return "\n".join(lines), tuple(origins)

    def _pieces(self, text: str) -> Iterator[tuple[str, str | None]]:
        first, *others = text.split(self.start)
        yield first, None
        for other in others:
            note, _, piece = other.partition("\0")
            yield "", note
            yield piece, None


# A template cannot hold a NUL, so this is told from its text as well.
_ANY_RUN = _Marks("")


class _Template(jinja2.Template):
    """A template whose marks are this run's: it may have been compiled in another one."""

    @classmethod
    def from_code(
        cls,
        environment: jinja2.Environment,
        code: CodeType,
        globals: MutableMapping[str, Any],
        uptodate: Callable[[], bool] | None = None,
    ) -> jinja2.Template:
        marks: _Marks = environment.devdb_marks  # type: ignore[attr-defined]
        return super().from_code(environment, with_word(code, _ANY_RUN.start, marks.start), globals, uptodate)


def _stamp() -> str:
    """What the code of a template depends on, its text and Jinja aside: this module, and which filters there are."""
    return f"{os.stat(__file__).st_mtime_ns} {', '.join(_FILTERS)}"


class _MarkLines(Extension):
    """Puts a mark before every line of a template's text and before every value in it."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        loader = self.environment.loader
        assert isinstance(loader, _Loader)
        shown = loader.shown(stream.name or "")
        for token in stream:
            if token.type == "variable_begin":
                yield Token(token.lineno, "data", _ANY_RUN.line(shown, token.lineno))
            elif token.type == "data":
                lines = token.value.split("\n")
                text = "\n".join(
                    _ANY_RUN.line(shown, token.lineno + number) + line for number, line in enumerate(lines)
                )
                yield Token(token.lineno, "data", text)
                continue
            yield token


class _Secrets:
    """What the filter `secret` found: in the text a placeholder, here what it stands for."""

    def __init__(self, marks: _Marks) -> None:
        self.found: dict[str, str] = {}
        self._marks = marks

    def placeholder(self, value: object) -> str:
        reveal = getattr(value, "get_secret_value", None)
        quoted = quoting.literal(reveal() if reveal is not None else _defined(value))
        placeholder = f"\0{len(self.found)}\0"
        self.found[placeholder] = quoted
        return placeholder


def _filters(marks: _Marks, hidden: _Secrets) -> Mapping[str, Callable[..., str]]:
    def plain(value: object) -> object:
        value = _defined(value)
        return marks.without(value) if isinstance(value, str) else value

    def ident(value: object) -> str:
        return quoting.ident(plain(value))  # type: ignore[arg-type]  # ident refuses what is no text

    def literal(value: object) -> str:
        return quoting.literal(plain(value))

    def sql(value: object) -> str:
        value = _defined(value)
        if not isinstance(value, str):
            raise TypeError(f"SQL must be text, not {type(value).__name__}")
        if "\0" in marks.without(value):
            raise ValueError("SQL must not hold the character NUL")
        return value

    def idents(values: object, of: str | None = None) -> str:
        prefix = "" if of is None else ident(of) + "."
        return ", ".join(prefix + ident(value) for value in _several(values))

    def script(value: object) -> str:
        """Another script's text, its lines still known by where they came from."""
        value = _defined(value)
        if not isinstance(value, Script) or value.text is None:
            raise TypeError(f"a script with its text is needed here, not {type(value).__name__}")
        lines = value.text.split("\n")
        origins = value.origins or tuple((value.name, number) for number in range(1, len(lines) + 1))
        return "\n".join(marks.line(*origin) + line for origin, line in zip(origins, lines, strict=True))

    return {
        "argument": lambda value: quoting.argument(str(plain(value))),
        "comment": lambda value: " ".join(str(plain(value)).split()),
        "ident": ident,
        "idents": idents,
        "literal": literal,
        "literals": lambda values: ", ".join(literal(value) for value in _several(values)),
        "script": script,
        "secret": hidden.placeholder,
        "sql": sql,
    }


def _several(values: object) -> Iterable[object]:
    values = _defined(values)
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise TypeError(f"a list is needed here, not {type(values).__name__}")
    return values


def _defined(value: object) -> object:
    if isinstance(value, jinja2.Undefined):
        str(value)  # raises UndefinedError, naming the variable
    return value
