"""Kubernetes' own descriptions of its objects, fetched by pip when a test first wants them.

They come in a package that carries them for each release. Pinned to a version and its digest; what is wanted of it is cut
out and kept beside the environment, never copied into this tree. ``PLANSYNC_TESTS_CACHE`` names another place.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from tests.servers.openapi_package import Unavailable, alone, cache, store

RELEASES = ("1.30.0", "1.34.0", "1.37.0")
PIN = "kubernetes-validate==1.37.0"
SHA256 = "85136d018a27b50ec7fc049d902bfa5193f5976807e6c0f408e3ab6fe078cad9"
MEMBER = "kubernetes_validate/kubernetes-json-schema/v{}-local-strict/_definitions.json"


def definitions(release: str) -> dict[str, Any]:
    """Return the schemas of all objects of one release, in which no unknown field is allowed."""
    kept = cache() / f"kubernetes-{release}-{SHA256[:12]}.json"
    if not kept.exists():
        with alone():
            if not kept.exists():
                _fetch()
    content: dict[str, Any] = json.loads(kept.read_bytes())
    return content


def _fetch() -> None:
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text(f"{PIN} --hash=sha256:{SHA256}\n", "utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        kept = {name: text for name, text in os.environ.items() if not name.startswith(("COV_", "COVERAGE_"))}
        done = subprocess.run(
            [*command, "--requirement", wanted, "--dest", folder], env=kept, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Unavailable(f"pip could not fetch {PIN}: {done.stderr[-500:]}")
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for release in RELEASES:
                store(cache() / f"kubernetes-{release}-{SHA256[:12]}.json", archive.read(MEMBER.format(release)))
