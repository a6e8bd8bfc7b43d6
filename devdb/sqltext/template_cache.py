"""Compiled templates, kept as Python keeps compiled modules: compiling one takes longer than rendering it."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from types import CodeType

import jinja2
from jinja2.bccache import Bucket, BytecodeCache


class TemplateCache(BytecodeCache):
    """Of the templates in `directory`, the code that Jinja made of them; `stamp` tells apart what else it depends on.

    Nothing is kept where Python keeps nothing: in a directory that the user may not write, or with -B.
    """

    def __init__(self, directory: Path, stamp: str) -> None:
        self._directory = directory
        self._stamp = stamp

    def get_bucket(self, environment: jinja2.Environment, name: str, filename: str | None, source: str) -> Bucket:
        """Jinja asks for one for each template that it loads. The code knows its own name and file."""
        is_ours = filename is not None and self._directory in Path(filename).parents
        key = importlib.util.cache_from_source(filename) if is_ours and filename is not None else ""
        text = "\0".join((self._stamp, name, filename or "", source))
        bucket = Bucket(environment, key, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key:
            with contextlib.suppress(OSError), open(bucket.key, "rb") as file:
                bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not bucket.key or sys.dont_write_bytecode:
            return
        with contextlib.suppress(OSError):
            os.makedirs(os.path.dirname(bucket.key), exist_ok=True)
            handle, beside = tempfile.mkstemp(prefix=f"{bucket.key}.")
            try:
                with open(handle, "wb") as file:
                    bucket.write_bytecode(file)
                os.chmod(beside, 0o644)
                os.replace(beside, bucket.key)
            except BaseException:
                os.unlink(beside)
                raise


def with_word(code: CodeType, old: str, new: str) -> CodeType:
    """The code with `new` for `old` in every text that it holds."""

    def replaced(value: object) -> object:
        if isinstance(value, str):
            return value.replace(old, new)
        return with_word(value, old, new) if isinstance(value, CodeType) else value

    return code.replace(co_consts=tuple(replaced(value) for value in code.co_consts))
