"""Replacing a file in one step: all of the new bytes or all of the old ones, whatever happens (spec §5)."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from plansync.errors import SourceChanged, SourceError
from plansync.sources.exchange import exchange

TEMPORARY_PREFIX = ".plansync-"
_READ_AGAIN = "plansync reads it again"
_WRITE_BITS = 0o222
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EACCES, errno.EPERM, errno.EROFS}


def file_token(data: bytes, status: os.stat_result) -> str:
    """Return what stands for this very state of a file: its bytes, and which file they were in."""
    return f"{hashlib.sha256(data).hexdigest()}:{status.st_mtime_ns}:{status.st_ino}:{status.st_size}"


def replace_file(file: Path, old: bytes, new: bytes) -> os.stat_result:
    """Give ``file`` the bytes ``new`` if it holds ``old``, and return its state then.

    Mode, owner and extended attributes are kept; a file that holds ``new`` already is not touched. Raises
    ``SourceChanged`` if the file holds anything else, ``SourceError`` if it may not or cannot be written.
    """
    with _translated(file), _locked(file) as status:
        _require(file, old)
        if new == old:
            return status
        _refuse_read_only(file, status)
        temporary = _temporary(file)
        try:
            with _copy(temporary, new, file) as result:
                _require(file, old)
                _put(temporary, file, old, new)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(file.parent)
        return result


def remove_leftover(file: Path) -> None:
    """Remove what a run that was killed may have left beside ``file``, unless somebody else is at work on it."""
    temporary = _temporary(file)
    if temporary.exists():
        with contextlib.suppress(OSError, SourceChanged), _locked(file):
            temporary.unlink(missing_ok=True)


def _put(temporary: Path, file: Path, old: bytes, new: bytes) -> None:
    """Put the new bytes in place of the old ones, and nothing in place of anything else.

    What was there is looked at after the step that took it away. If somebody saved right before, their file goes back
    to its place by another such step, and so on: the last one who saved has the file. Raises ``SourceChanged`` then.
    """
    if not exchange(temporary, file):
        temporary.replace(file)
        return
    here, expected = new, old
    while (found := temporary.read_bytes()) != expected:
        exchange(temporary, file)
        here, expected = found, here
    if here != new:
        raise SourceChanged(f"{file}: was saved by somebody else meanwhile", hint=_READ_AGAIN)


def _temporary(file: Path) -> Path:
    """Return where the new bytes are put first: always the same place, so that nothing piles up behind killed runs."""
    return file.with_name(f"{TEMPORARY_PREFIX}{hashlib.sha256(os.fsencode(file.name)).hexdigest()[:16]}.tmp")


@contextlib.contextmanager
def _copy(temporary: Path, data: bytes, like: Path) -> Iterator[os.stat_result]:
    """Write the new bytes, and keep other plansync processes away from them until all is done."""
    temporary.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with os.fdopen(os.open(temporary, flags, 0o600), "wb") as opened:
        opened.write(data)
        opened.flush()
        _copy_attributes(like, opened.fileno())
        os.fsync(opened.fileno())
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(opened.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield os.fstat(opened.fileno())


def _copy_attributes(like: Path, descriptor: int) -> None:
    """Give the new file owner, extended attributes and mode of the old one, as far as this user may."""
    status, own = like.stat(), os.fstat(descriptor)
    if (status.st_uid, status.st_gid) != (own.st_uid, own.st_gid):
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, status.st_uid, status.st_gid)
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):
            for name in os.listxattr(like):
                os.setxattr(descriptor, name, os.getxattr(like, name))
    os.fchmod(descriptor, status.st_mode & 0o7777)


def _require(file: Path, old: bytes) -> None:
    if file.read_bytes() != old:
        raise SourceChanged(f"{file}: was saved by somebody else meanwhile", hint=_READ_AGAIN)


def _refuse_read_only(file: Path, status: os.stat_result) -> None:
    # A rename needs no right on the file itself, and root needs none at all: so the file's own word is asked for.
    if not status.st_mode & _WRITE_BITS or not os.access(file, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is read-only")


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[os.stat_result]:
    """Keep other plansync processes away from ``file``, where its file system knows locks."""
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SourceChanged(f"{file}: is being written by another process") from error
        except OSError as error:
            if error.errno not in {errno.ENOLCK, errno.ENOTSUP, errno.EINVAL}:
                raise
        yield os.fstat(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make the rename durable; some file systems cannot."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _translated(file: Path) -> Iterator[None]:
    """Turn the system's errors into ours; the file is as it was before."""
    try:
        yield
    except FileNotFoundError as error:
        raise SourceChanged(
            f"{file}: was removed or renamed meanwhile", hint="plansync lists the plans again"
        ) from error
    except OSError as error:
        message, hint = f"{file}: cannot be written: {error.strerror}", "the file is as it was"
        if error.errno in _FULL:
            message, hint = (
                f"{file}: cannot be written: disk full ({error.strerror})",
                "make room; the file is as it was",
            )
        elif error.errno in _READ_ONLY:
            hint = "let plansync write the file and the folder it is in (chmod u+w), or leave it out by exclude"
        raise SourceError(message, hint=hint) from error
