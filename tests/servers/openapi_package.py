"""GitHub's own descriptions of its REST interface and its webhooks, and examples of the latter, fetched from npm when
a test first wants them.

They are neither copied into this tree nor fetched twice: pinned to a version and its digest, and kept beside the tools.
``PLANSYNC_TESTS_CACHE`` names another place to keep them.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEMBER = "package/generated/api.github.com.json"


class Unavailable(RuntimeError):
    """The description is not in the cache and could not be fetched."""


@dataclass(frozen=True, slots=True)
class Package:
    """One release of one npm package, with the digest that the registry gave for it when it was chosen."""

    name: str
    version: str
    integrity: str
    member: str = MEMBER

    @property
    def stem(self) -> str:
        """Return a name for files."""
        return f"{self.name.rpartition('/')[2]}-{self.version}"


REST = Package(
    "@octokit/openapi",
    "23.0.2",
    "sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==",
)
WEBHOOKS = Package(
    "@octokit/openapi-webhooks",
    "12.1.0",
    "sha512-Z5eDsLCUNbx1zHpZb1LNQirADqdMTvWJQ/deahi0ws+tWWnwHXB+Pr4jfmM9OrETS9Y5iW8ZRu1fdbudObhLrg==",
)

EXAMPLES = Package(
    "@octokit/webhooks-examples",
    "7.6.1",
    "sha512-De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ==",
    "package/api.github.com/index.json",
)

Cut = Callable[[dict[str, Any]], dict[str, Any]]


def cache() -> Path:
    """Return the folder where descriptions are kept."""
    named = os.environ.get("PLANSYNC_TESTS_CACHE")
    return Path(named) if named else Path(sys.prefix) / "share" / "plansync-tests"


def slim(package: Package, cut: Cut, recipe: bytes) -> dict[str, Any]:
    """Return what ``cut`` makes of a package's description, made once and kept.

    ``recipe`` is whatever the cut depends on; another recipe makes another file.
    """
    kept = cache() / f"{package.stem}-{hashlib.sha256(recipe).hexdigest()[:12]}.json"
    if not kept.exists():
        with alone():
            if not kept.exists():
                store(kept, json.dumps(cut(json.loads(_whole(package)))).encode())
    content: dict[str, Any] = json.loads(kept.read_bytes())
    return content


def examples() -> list[tuple[str, dict[str, Any]]]:
    """Return examples of payloads, each with the name of its event."""
    with alone():
        kinds = json.loads(_whole(EXAMPLES))
    return [(kind["name"], example) for kind in kinds for example in kind["examples"]]


def _whole(package: Package) -> bytes:
    """Return the whole description, out of the cache or fetched."""
    kept = cache() / f"{package.stem}.json"
    if not kept.exists():
        store(kept, _fetched(package))
    return kept.read_bytes()


def _fetched(package: Package) -> bytes:
    scripts = Path(sysconfig.get_path("scripts"))
    with tempfile.TemporaryDirectory() as folder:
        command = [str(scripts / "npm"), "pack", f"{package.name}@{package.version}", "--pack-destination", folder]
        path = f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"
        try:
            subprocess.run(
                command, cwd=folder, env={**os.environ, "PATH": path}, check=True, capture_output=True, timeout=300
            )
        except (OSError, subprocess.SubprocessError) as error:
            said = getattr(error, "stderr", None) or b""
            raise Unavailable(f"npm could not fetch {package.name}: {error} {said.decode()[-500:]}") from error
        (archive,) = Path(folder).glob("*.tgz")
        return opened(package, archive)


def opened(package: Package, archive: Path) -> bytes:
    """Return the description out of a package's archive; raises ``Unavailable`` if it is not what was pinned."""
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != package.integrity:
        raise Unavailable(f"{package.name} {package.version} is not what was pinned: sha512-{digest}")
    with tarfile.open(archive) as tar:
        member = tar.extractfile(package.member)
        if member is None:
            raise Unavailable(f"{package.name} {package.version} holds no {package.member}")
        return member.read()


def store(path: Path, content: bytes) -> None:
    """Write a file that others see whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(path)


@contextmanager
def alone() -> Iterator[None]:
    """Keep other test processes waiting meanwhile."""
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
