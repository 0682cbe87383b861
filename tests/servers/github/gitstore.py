"""A repository's files: commits with whole trees in memory, under the very hashes that Git gives them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from tests.servers.github.state import Commit, Repository, User
from tests.servers.github.world import World
from tests.servers.gitkinds import Module, mode_of

NOTHING = "0" * 40


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a tree."""

    name: str
    mode: str
    kind: str
    sha: str
    size: int | None = None


def blob_sha(content: bytes) -> str:
    """Return the hash of a file."""
    return _sha("blob", content)


def trees(files: dict[str, bytes]) -> dict[str, tuple[str, list[Entry]]]:
    """Return every folder of a tree, by path, with its hash and what is in it; the root's path is empty."""
    found: dict[str, tuple[str, list[Entry]]] = {}
    _tree("", files, found)
    return found


def _tree(path: str, files: dict[str, bytes], found: dict[str, tuple[str, list[Entry]]]) -> str:
    folders: dict[str, dict[str, bytes]] = {}
    entries: list[Entry] = []
    for name, content in files.items():
        head, slash, rest = name.partition("/")
        if slash:
            folders.setdefault(head, {})[rest] = content
        else:
            entries.append(_entry(name, content))
    for name, inside in folders.items():
        entries.append(Entry(name, "040000", "tree", _tree(f"{path}/{name}".lstrip("/"), inside, found)))
    entries.sort(key=lambda entry: entry.name + ("/" if entry.kind == "tree" else ""))
    lines = [f"{entry.mode.lstrip('0')} {entry.name}\0".encode() + bytes.fromhex(entry.sha) for entry in entries]
    sha = _sha("tree", b"".join(lines))
    found[path] = (sha, entries)
    return sha


def _entry(name: str, content: bytes) -> Entry:
    if isinstance(content, Module):
        return Entry(name, mode_of(content), "commit", content.decode())
    return Entry(name, mode_of(content), "blob", blob_sha(content), len(content))


class Store:
    """Puts commits into one repository."""

    def __init__(self, world: World, repository: Repository) -> None:
        self.world = world
        self.repository = repository

    def commit(self, actor: User, branch: str, files: dict[str, bytes | None], message: str) -> Commit:
        """Put one commit on a branch, made where there is none; a file of None goes away."""
        repository = self.repository
        before = repository.branches.get(branch)
        whole = dict(repository.commits[before].files) if before else {}
        for path, content in files.items():
            if content is None:
                whole.pop(path, None)
            else:
                whole[path] = content
        made = self._made(actor, message, whole, [before] if before else [])
        repository.commits[made.sha] = made
        repository.branches[branch] = made.sha
        details = {"commit": made, "before": before or NOTHING, "branch": branch, "created": before is None}
        self.world.announce("push", None, repository, actor, {"repository": repository, **details})
        return made

    def _made(self, actor: User, message: str, files: dict[str, bytes], parents: list[str]) -> Commit:
        now, tree = self.world.now(), trees(files)[""][0]
        who = f"{actor.login} <{actor.login}@users.noreply.example> {int(now.timestamp())} +0000"
        lines = [
            f"tree {tree}",
            *(f"parent {sha}" for sha in parents),
            f"author {who}",
            f"committer {who}",
            "",
            message,
        ]
        return Commit(_sha("commit", "\n".join(lines).encode()), message, actor, now, files, parents, tree)


def _sha(kind: str, content: bytes) -> str:
    return hashlib.sha1(f"{kind} {len(content)}\0".encode() + content).hexdigest()
