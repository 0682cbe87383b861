"""Where a file of a repository is shown on the web, on GitHub and GitLab. Pure.

An address holds nothing that changes with a commit: no commit id, no line. ``HEAD`` is the default branch on both,
whatever it is called, so that an address is the same in every checkout, also where CI has fetched nothing but a commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

DEFAULT_BRANCH = "HEAD"
_BLOBS = {"github": "blob", "gitlab": "-/blob"}


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on a host: ``kind`` is ``github`` or ``gitlab``, ``site`` the address of the host's pages."""

    kind: str
    site: str
    project: str

    def begins(self, branch: str, below: str) -> str:
        """Return what addresses of the files in the folder ``below`` begin with (``plans/``, or empty for the root)."""
        shown = f"{quote(branch or DEFAULT_BRANCH)}/{quote(below)}"
        return f"{self.site.rstrip('/')}/{quote(self.project)}/{_BLOBS[self.kind]}/{shown}"


def address_of(begins: str, path: str, anchor: str) -> str:
    """Return the address of a heading in a file, empty where ``begins`` is; nothing in it is anything to Markdown."""
    if not begins:
        return ""
    return begins + quote(path) + (f"#{quote(anchor, safe='')}" if anchor else "")
