"""GitHub's descriptions are fetched once, checked, and kept where all test processes find them."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.servers.openapi_package import MEMBER, Package, Unavailable, opened, slim


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLANSYNC_TESTS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cache").mkdir()
    return tmp_path / "cache"


def packed(folder: Path, content: bytes) -> Path:
    archive = folder / "some.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo(MEMBER)
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return archive


def pinned(archive: Path) -> Package:
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    return Package("@some/package", "1.0.0", f"sha512-{digest}")


def test_what_was_pinned_is_opened(tmp_path: Path) -> None:
    archive = packed(tmp_path, b"{}")
    assert opened(pinned(archive), archive) == b"{}"


def test_anything_else_is_not(tmp_path: Path) -> None:
    package = pinned(packed(tmp_path, b"{}"))
    other = packed(tmp_path, b"[]")
    with pytest.raises(Unavailable, match=r"@some/package 1\.0\.0 is not what was pinned"):
        opened(package, other)


def test_a_cut_is_made_once_for_all_and_anew_for_another_recipe(kept: Path) -> None:
    package = Package("@some/package", "1.0.0", "")
    (kept / "package-1.0.0.json").write_text('{"a": 1, "b": 2}')
    made: list[int] = []

    def cut(document: dict[str, Any]) -> dict[str, Any]:
        made.append(1)
        return {"a": document["a"]}

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: slim(package, cut, b"recipe"), range(8)))
    assert results == [{"a": 1}] * 8
    assert len(made) == 1
    slim(package, cut, b"another recipe")
    assert len(made) == 2
