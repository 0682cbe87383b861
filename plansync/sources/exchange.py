"""Swapping two files in one step, so that nothing of either is lost whoever saves at that very moment (spec §5)."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

_HERE = -100  # AT_FDCWD: paths start at the working folder
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_UNABLE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}
_Rename = Callable[[int, bytes, int, bytes, int], int]


def exchange(one: Path, other: Path) -> bool:
    """Give each of two files the other's name; False where system or file system cannot, and nothing was done.

    Both must exist; raises ``OSError``.
    """
    rename = _renameat2()
    if rename is None:
        return False
    sys.audit("os.rename", str(one), str(other), -1, -1)  # as Python's own calls do
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNABLE:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))


@cache
def _renameat2() -> _Rename | None:
    """Return the system's call, which Python does not offer, or None where there is none."""
    if not sys.platform.startswith("linux"):
        return None
    found = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if found is not None:
        found.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    return found
