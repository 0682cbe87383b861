"""Whatever goes wrong in a template becomes a TemplateError that names the file and the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from traceback import walk_tb

import jinja2

from plansync.errors import TemplateError

_FAULTS = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
_FACTS = re.compile(r"'plansync\.core\.facts\.(\w+?)Facts object' has no attribute")
_HINT = "the variables and filters that templates may use are listed in docs/templates.md"


@contextmanager
def translated(template: str) -> Iterator[None]:
    """Raise ``TemplateError`` for what fails while ``template`` is loaded or rendered."""
    try:
        yield
    except _FAULTS as error:
        place, message = _place(error, template), _message(error)
        raise TemplateError(f"template {place}: {message}", hint=_HINT) from error


def _place(error: BaseException, template: str) -> str:
    """Return ``file:line`` of the innermost template that the error passed through."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{error.filename or error.name or template}:{error.lineno}"
    if isinstance(error, UnicodeDecodeError):
        line = bytes(error.object)[: error.start].count(b"\n") + 1
        return f"{template}:{line}"
    frames = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    inside = [(name, line) for name, line in frames if name.endswith(".j2")]
    return f"{inside[-1][0]}:{inside[-1][1]}" if inside else template


def _message(error: BaseException) -> str:
    match error:
        case jinja2.TemplateSyntaxError():
            return str(error.message)
        case jinja2.TemplatesNotFound():
            return f"there is no template {', '.join(map(str, error.templates))}"
        case jinja2.TemplateNotFound():
            return f"there is no template {error.name}"
        case UnicodeDecodeError():
            return "is not UTF-8"
        case jinja2.UndefinedError():
            return _FACTS.sub(lambda facts: f"{facts[1].casefold()} has no field", str(error.message))
        case MemoryError() | RecursionError():
            return f"goes on without end ({type(error).__name__})"
        case _:
            return str(error) or type(error).__name__
