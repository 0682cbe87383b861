"""Jinja2's sandbox, made narrower: a template cannot leave it, and a slip in it does not fill the memory (spec §8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

OUTPUT_LIMIT = 1_000_000
"""Characters that one template may write."""

_GLOBALS = ("namespace", "dict", "joiner", "cycler")
_STEPS = 100_000
_steps_left: ContextVar[int] = ContextVar("steps left for range", default=_STEPS)
_FORBIDDEN_FILTERS = ("center", "format", "pprint", "random", "xmlattr", "filesizeformat")
_GROWING_METHODS = frozenset(
    {"center", "expandtabs", "format", "format_map", "ljust", "rjust", "to_bytes", "translate", "zfill"}
)
_PIPE = re.compile(r"(?<!\\)\|")


class Sandbox(ImmutableSandboxedEnvironment):
    """Renders what users write, with plain values only; every undefined name is an error."""

    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, (str, int)) and attr in _GROWING_METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "+" or (operator == "*" and _are_small_numbers(left, right)):
            result = super().call_binop(context, operator, left, right)
            return _bounded(result)
        if operator == "%" and _are_small_numbers(left, right):
            return super().call_binop(context, operator, left, right)
        raise SecurityError(f"the operator {operator} is not allowed here")


def make_loader(folder: Path | None, shipped: Path) -> BaseLoader:
    """Return where templates come from: each from ``folder`` if it is there, else from ``shipped``."""
    return ChoiceLoader([FileSystemLoader(path) for path in (folder, shipped) if path is not None])


def make_environment(loader: BaseLoader) -> Sandbox:
    """Return an environment that knows only what ``docs/templates.md`` lists."""
    environment = Sandbox(
        loader=loader,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        auto_reload=False,
    )
    environment.globals = {name: environment.globals[name] for name in _GLOBALS} | {"range": _counted_range}
    for name in _FORBIDDEN_FILTERS:
        del environment.filters[name]
    environment.filters |= {"cell": cell, "code": code}
    return environment


@contextmanager
def counted_steps() -> Iterator[None]:
    """Within this, ``range`` gives out a limited number of steps in all, imported templates included."""
    token = _steps_left.set(_STEPS)
    try:
        yield
    finally:
        _steps_left.reset(token)


def _counted_range(*bounds: int) -> range:
    steps = range(*bounds)
    left = _steps_left.get() - len(steps)
    if left < 0:
        raise OverflowError(f"range: more than {_STEPS:,} steps")
    _steps_left.set(left)
    return steps


def cell(text: str) -> str:
    """Return ``text`` fit for a cell of a table: one line, pipes escaped, a dash for nothing."""
    return _PIPE.sub(r"\\|", " ".join(text.split("\n"))).strip() or "–"


def code(text: str) -> str:
    """Return ``text`` as a code span, unless it holds code already; guards against acting text go, code needs none."""
    return text if "`" in text or not text else f"`{text.replace(chr(0x200B), '')}`"


def _are_small_numbers(left: object, right: object) -> bool:
    return all(isinstance(value, (int, float)) and abs(value) < OUTPUT_LIMIT for value in (left, right))


def _bounded(result: Any) -> Any:
    if isinstance(result, (str, list, tuple)) and len(result) > OUTPUT_LIMIT:
        raise OverflowError(f"a value of more than {OUTPUT_LIMIT:,} characters")
    return result
