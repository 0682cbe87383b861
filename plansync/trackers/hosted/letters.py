"""What deliveries of all hosts have in common: bodies that are JSON, and names of deliveries. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from plansync.core.events import ODD, Event

Wire: TypeAlias = Mapping[str, Any]
Reader: TypeAlias = Callable[[Wire], tuple[Event, ...]]

_NAME = re.compile(r"[\w-]{1,64}", re.ASCII)
SHAPES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What is raised where a payload has another shape than was thought."""


def read_body(body: bytes) -> object:
    """Return what the JSON says; ``ValueError`` if it is none, or none that anybody would send."""
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def read_shape(read: Reader, payload: object) -> tuple[Event, ...]:
    """Return what ``read`` makes of a payload, :data:`~plansync.core.events.ODD` of one that it cannot cope with.

    Who signs is believed, but may be newer than we are, so that no shape of a payload is an error.
    """
    if not isinstance(payload, Mapping):
        return (ODD,)
    try:
        return read(payload)
    except SHAPES:
        return (ODD,)


def delivery_name(host: str, name: str) -> str:
    """Return a delivery's name for the queue, empty if it has none; an odd one is cut to a digest."""
    if not name:
        return ""
    if not _NAME.fullmatch(name):
        name = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{host}:{name}"
