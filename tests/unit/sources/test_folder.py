"""Plans in a real folder: links, rights, full disks, and people who save meanwhile."""

import errno
import fcntl
import os
import resource
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import cast

import pytest

from plansync.errors import SourceError
from plansync.ports.source import Changed, Content, Refused, Unreadable
from plansync.sources.checkout import Checkout
from plansync.sources.exchange import _renameat2
from plansync.sources.folder import FolderSource
from plansync.sources.globs import Globs
from plansync.sources.replace import TEMPORARY_PREFIX
from tests.support.saving import save

IS_ROOT = os.geteuid() == 0


def open_folder(root: Path, *include: str) -> FolderSource:
    return FolderSource(root, Globs(include or ("**/*.md",)), 1000, Checkout(root))


def put(file: Path, data: bytes = b"old") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def read(source: FolderSource, path: str) -> Content:
    content = source.read(path)
    assert isinstance(content, Content)
    return content


def fault(source: FolderSource, path: str) -> str:
    answer = source.read(path)
    assert isinstance(answer, Unreadable)
    assert answer.code == "PS103"
    return answer.message


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_the_name_of_the_source_is_its_folder_with_links_resolved(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert open_folder(tmp_path / "link").uid == f"folder:{tmp_path}/real"


def test_folders_of_tools_and_our_own_leftovers_are_passed_over(tmp_path: Path) -> None:
    for path in (
        ".git/a.md",
        "b/node_modules/c/a.md",
        ".venv/a.md",
        ".plansync/a.md",
        f"{TEMPORARY_PREFIX}x.md",
        "a.md",
    ):
        put(tmp_path / path)
    assert open_folder(tmp_path).list() == ["a.md"]


def test_a_folder_that_is_a_link_is_not_entered(tmp_path: Path) -> None:
    put(tmp_path / "a/a.md")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    (tmp_path / "folder.md").symlink_to("a")
    assert open_folder(tmp_path).list() == ["a/a.md"]


def test_a_link_to_a_plan_that_is_listed_anyway_counts_once(tmp_path: Path) -> None:
    put(tmp_path / "plans/a.md")
    put(tmp_path / "elsewhere/b.md")
    (tmp_path / "plans/current.md").symlink_to("a.md")
    (tmp_path / "plans/outside.md").symlink_to("../elsewhere/b.md")
    assert open_folder(tmp_path, "plans/*.md").list() == ["plans/a.md", "plans/outside.md"]


def test_a_link_out_of_the_root_is_listed_and_refused(tmp_path: Path) -> None:
    put(tmp_path / "secret.md")
    root = tmp_path / "root"
    put(root / "a.md")
    (root / "out.md").symlink_to("../secret.md")
    source = open_folder(root)
    assert source.list() == ["a.md", "out.md"]
    assert "out of" in fault(source, "out.md")
    assert "out of" in fault(source, "../secret.md")
    assert "out of" in fault(source, str(tmp_path / "secret.md"))


def test_a_link_that_came_to_lead_out_is_not_written_through(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(root / "a.md")
    content = read(open_folder(root), "a.md")
    outside = put(tmp_path / "outside.md")
    (root / "a.md").unlink()
    (root / "a.md").symlink_to(outside)
    answer = save(open_folder(root), content, b"new")
    assert isinstance(answer, Refused)
    assert "out of" in answer.reason
    assert outside.read_bytes() == b"old"


@pytest.mark.parametrize("kind", ["broken link", "loop", "folder", "pipe", "impossible name"])
def test_what_is_no_readable_file_is_a_clear_value(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    match kind:
        case "broken link":
            file.symlink_to("gone")
        case "loop":
            file.symlink_to("a.md")
        case "folder":
            file.mkdir()
        case "pipe":
            os.mkfifo(file)
        case _:
            file = tmp_path / "a\0.md"
    message = fault(open_folder(tmp_path), file.name)
    expected = {"broken link": "does not exist", "folder": "it is a folder", "pipe": "no regular file"}
    assert expected.get(kind, "cannot be found") in message


def test_a_file_whose_name_is_not_utf_8_is_listed_and_reported(tmp_path: Path) -> None:
    put(Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.md")))
    (path,) = open_folder(tmp_path).list()
    assert path == "a\\xff.md"
    assert "does not exist" in fault(open_folder(tmp_path), path)


def test_a_missing_root_is_an_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist") as caught:
        open_folder(tmp_path / "gone").list()
    assert "source.path" in caught.value.hint


def test_a_root_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be listed: Not a directory"):
        open_folder(put(tmp_path / "file")).list()


@pytest.mark.skipif(IS_ROOT, reason="root may read everything")
def test_what_may_not_be_read_is_named(tmp_path: Path) -> None:
    put(tmp_path / "a.md").chmod(0)
    put(tmp_path / "b/b.md").parent.chmod(0)
    assert "Permission denied" in fault(open_folder(tmp_path), "a.md")
    with pytest.raises(SourceError, match="cannot be listed"):
        open_folder(tmp_path).list()
    (tmp_path / "b").chmod(0o700)


def test_a_plan_that_is_too_large_is_told_with_its_size_and_the_limit(tmp_path: Path) -> None:
    put(tmp_path / "a.md", b"x" * 1001)
    answer = open_folder(tmp_path).read("a.md")
    assert answer == Unreadable("a.md", "PS102", "the file has 1,001 bytes; limits.plan_bytes allows 1,000")


def test_writing_keeps_mode_and_link_and_leaves_nothing_behind(tmp_path: Path) -> None:
    real = put(tmp_path / "real/a.md")
    real.chmod(0o640)
    (tmp_path / "plans").mkdir()
    link = tmp_path / "plans/a.md"
    link.symlink_to("../real/a.md")
    source = open_folder(tmp_path, "plans/*.md")
    save(source, read(source, "plans/a.md"), b"new")
    assert link.readlink() == Path("../real/a.md")
    assert real.read_bytes() == b"new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert names(tmp_path / "real") == ["a.md"]


def test_writing_keeps_extended_attributes(tmp_path: Path) -> None:
    file = put(tmp_path / "a.md")
    try:
        os.setxattr(file, "user.note", b"kept")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    source = open_folder(tmp_path)
    save(source, read(source, "a.md"), b"new")
    assert os.getxattr(file, "user.note") == b"kept"


@pytest.mark.skipif(not IS_ROOT, reason="only root may give files away")
def test_writing_keeps_the_owner(tmp_path: Path) -> None:
    file = put(tmp_path / "a.md")
    os.chown(file, 12345, 23456)
    source = open_folder(tmp_path)
    save(source, read(source, "a.md"), b"new")
    assert (file.stat().st_uid, file.stat().st_gid) == (12345, 23456)


def test_writing_what_is_there_already_does_not_touch_the_file(tmp_path: Path) -> None:
    file = put(tmp_path / "a.md")
    file.chmod(0o444)
    before = file.stat()
    source = open_folder(tmp_path)
    assert save(source, read(source, "a.md"), b"old") == read(source, "a.md")
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_file_that_was_saved_again_with_the_same_bytes_may_be_written(tmp_path: Path) -> None:
    file = put(tmp_path / "a.md")
    source = open_folder(tmp_path)
    content = read(source, "a.md")
    os.utime(file, (1, 1))
    assert cast("Content", save(source, content, b"new")).data == b"new"


def test_a_save_of_equal_size_and_time_is_noticed(tmp_path: Path) -> None:
    file = put(tmp_path / "a.md")
    source = open_folder(tmp_path)
    content, before = read(source, "a.md"), file.stat()
    file.write_bytes(b"eld")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert isinstance(save(source, content, b"new"), Changed)
    assert file.read_bytes() == b"eld"


def test_what_a_killed_run_left_is_no_hindrance(tmp_path: Path) -> None:
    put(tmp_path / "a.md")
    source = open_folder(tmp_path)
    save(source, read(source, "a.md"), b"one")
    kill_at_rename(tmp_path)
    assert len(names(tmp_path)) == 2
    save(source, read(source, "a.md"), b"two")
    assert names(tmp_path) == ["a.md"]


def test_what_a_killed_run_left_goes_with_the_next_one_that_has_nothing_to_write(tmp_path: Path) -> None:
    put(tmp_path / "a.md")
    kill_at_rename(tmp_path)
    source = open_folder(tmp_path)
    save(source, read(source, "a.md"), b"old")
    assert names(tmp_path) == ["a.md"]


_AT_RENAME: list[Callable[[], object]] = []
"""What happens right before the next renames, one by one."""


@cache
def _listen_for_renames() -> None:
    """Hear of renames from here on; nobody can be made to listen no more."""
    sys.addaudithook(lambda event, _: _AT_RENAME.pop(0)() if event == "os.rename" and _AT_RENAME else None)


def save_by_rename(file: Path, data: bytes) -> None:
    """Save as many editors do: as a new file that is put where the old one was."""
    fresh = put(file.with_name("fresh"), data)
    fresh.replace(file)


@pytest.mark.parametrize("person", [Path.write_bytes, save_by_rename])
@pytest.mark.parametrize("saves", [[b"theirs"], [b"first", b"theirs"], [b"first", b"second", b"theirs"]])
def test_what_is_saved_at_the_very_moment_of_writing_is_kept(
    tmp_path: Path, person: Callable[[Path, bytes], object], saves: list[bytes]
) -> None:
    file = put(tmp_path / "a.md")
    source = open_folder(tmp_path)
    content = read(source, "a.md")
    _listen_for_renames()
    _AT_RENAME.extend(partial(quietly, person, file, data) for data in saves)
    assert isinstance(save(source, content, b"new"), Changed)
    assert _AT_RENAME == []
    assert (file.read_bytes(), names(tmp_path)) == (b"theirs", ["a.md"])


def quietly(person: Callable[[Path, bytes], object], file: Path, data: bytes) -> None:
    """Save, and let nothing more happen at the renames of that."""
    later, _AT_RENAME[:] = [*_AT_RENAME], []
    person(file, data)
    _AT_RENAME.extend(later)


def test_a_file_that_is_removed_at_the_very_moment_of_writing_stays_removed(tmp_path: Path) -> None:
    file = put(tmp_path / "a.md")
    source = open_folder(tmp_path)
    content = read(source, "a.md")
    _listen_for_renames()
    _AT_RENAME.append(file.unlink)
    assert isinstance(save(source, content, b"new"), Changed)
    assert names(tmp_path) == []


def test_where_files_cannot_be_swapped_they_are_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a.md")
    source = open_folder(tmp_path)
    content = read(source, "a.md")
    monkeypatch.setattr(sys, "platform", "other")
    _renameat2.cache_clear()
    try:
        assert cast("Content", save(source, content, b"new")).data == b"new"
    finally:
        _renameat2.cache_clear()
    assert names(tmp_path) == ["a.md"]


def kill_at_rename(folder: Path) -> None:
    """Write in a process that is killed right before the new bytes take the old ones' place."""
    code = """
        import os, signal, sys
        sys.addaudithook(lambda event, _: os.kill(os.getpid(), signal.SIGKILL) if event == "os.rename" else None)
        from tests.unit.sources.test_folder import open_folder, read
        from tests.support.saving import save
        from pathlib import Path
        source = open_folder(Path(sys.argv[1]))
        save(source, read(source, "a.md"), b"killed")
    """
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code), folder], cwd=root, check=False)
    assert done.returncode == -9


def test_a_file_that_another_process_is_writing_is_left_to_it(tmp_path: Path) -> None:
    file = put(tmp_path / "a.md")
    source = open_folder(tmp_path)
    content = read(source, "a.md")
    with file.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        answer = save(source, content, b"new")
    assert isinstance(answer, Changed)
    assert "another process" in answer.reason
    assert file.read_bytes() == b"old"
    assert names(tmp_path) == ["a.md"]


def test_a_read_only_file_is_refused_whoever_asks(tmp_path: Path) -> None:
    file = put(tmp_path / "a.md")
    file.chmod(0o444)
    source = open_folder(tmp_path)
    answer = save(source, read(source, "a.md"), b"new")
    assert isinstance(answer, Refused)
    assert "read-only" in answer.reason
    assert "chmod u+w" in answer.hint
    assert file.read_bytes() == b"old"
    assert names(tmp_path) == ["a.md"]


@pytest.mark.skipif(IS_ROOT, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    put(tmp_path / "b/a.md")
    source = open_folder(tmp_path)
    content = read(source, "b/a.md")
    (tmp_path / "b").chmod(0o500)
    answer = save(source, content, b"new")
    assert isinstance(answer, Refused)
    assert "cannot be written: Permission denied" in answer.reason
    (tmp_path / "b").chmod(0o700)


def test_a_full_disk_leaves_the_file_whole_and_nothing_beside_it(tmp_path: Path) -> None:
    file = put(tmp_path / "a.md")
    source = open_folder(tmp_path)
    content = read(source, "a.md")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        answer = save(source, content, b"x" * 200)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert isinstance(answer, Refused)
    assert "disk full" in answer.reason
    assert os.strerror(errno.EFBIG) in answer.reason
    assert file.read_bytes() == b"old"
    assert names(tmp_path) == ["a.md"]
