"""Git's names of files' contents."""

from __future__ import annotations

import hashlib


def blob_name(data: bytes, like: str) -> str:
    """Return the name of a blob with ``data``, in a repository in which another one is named ``like``."""
    make = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return make(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
