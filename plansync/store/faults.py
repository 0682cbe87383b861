"""How errors of a database are told: what failed, on which database, what to do, and whether it may pass by itself."""

from __future__ import annotations

import re

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from plansync.core.fit import cut_text
from plansync.errors import StoreError, StoreLocked, StoreUnavailable

_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03", "40P01", "40001")
_CORRUPT = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_CONTRADICTS = ("SQLITE_CONSTRAINT",)
_UNREADABLE = re.compile(r"Could not decode|no such (?:table|column)|has no column")
"""What SQLite says, without a name for it, of texts and of a schema that are not what was written."""
_REASONS = {
    "SQLITE_CANTOPEN": ("cannot be opened", "Check that its folder exists and that plansync may write there."),
    "SQLITE_READONLY": ("is read-only", "Give plansync the right to write the file and its folder."),
    "SQLITE_IOERR": ("cannot be read or written", "Check the disk: its free space, its quota, and that it is sound."),
    "SQLITE_FULL": ("has no room: the disk is full", "Free some space; what was not stored is found again."),
    "42501": ("does not let plansync do its work", "Give the role of state.url the rights of the database's owner."),
    "25006": ("is read-only", "Name the primary server in state.url, not one that only follows it."),
}
_GONE = ("08", "57P", "53300", "25P03")
"""Classes of PostgreSQL: connection exceptions, shutdown and start, too many connections, frozen for too long."""
_NOT_LET_IN = re.compile(
    r"authentication failed|no password supplied|no pg_hba\.conf entry|role .* (does not exist|is not permitted)"
)
_NO_DATABASE = re.compile(r"database .* does not exist")
_SHOWN = 120
_MOVE_AWAY = (
    "Move the file away and run again, nothing of plans and issues is lost: it is a cache, rebuilt from plans and "
    "markers. Creates without an answer are settled by listing the issues; the history begins anew."
)


def translate(error: SQLAlchemyError, place: str) -> StoreError:
    """Return ``error`` of the database at ``place`` as one of ours."""
    what, code = f"the state database {place}", _code(error)
    if code.startswith(_LOCKED) or isinstance(error, PoolTimeout):
        return StoreLocked(f"{what} is locked by another process", hint="Try again when that process has ended.")
    if code.startswith(_CORRUPT):
        return StoreError(f"{what} is corrupt or no database", hint=_MOVE_AWAY)
    if code.startswith(_CONTRADICTS) or (code in {"", "SQLITE_ERROR"} and _UNREADABLE.search(_words(error))):
        return damaged(_words(error), place)
    for known, (message, hint) in _REASONS.items():
        if code.startswith(known):
            return StoreError(f"{what} {message}", hint=hint)
    if isinstance(error, DBAPIError) and _is_gone(error, code):
        return _not_reached(what, _words(error))
    return StoreError(f"{what} failed: {_words(error)}")


def damaged(words: str, place: str) -> StoreError:
    """Return the error for a database at ``place`` that opens, but holds what nobody wrote."""
    return StoreError(f"the state database {place} is damaged: {cut_text(words, _SHOWN)}", hint=_MOVE_AWAY)


def _is_gone(error: DBAPIError, code: str) -> bool:
    """Say whether the server is not there: PostgreSQL's driver gives no code where there was no connection."""
    is_wordless = not code and type(error.orig).__module__.startswith("psycopg")
    return code.startswith(_GONE) or error.connection_invalidated or (is_wordless and _is_operational(error))


def _is_operational(error: DBAPIError) -> bool:
    return type(error.orig).__name__ in {"OperationalError", "ConnectionTimeout", "InterfaceError"}


def _not_reached(what: str, words: str) -> StoreError:
    """Tell what stands in the way of a connection, which the driver says in words alone."""
    if _NOT_LET_IN.search(words):
        return StoreError(f"{what} does not let plansync in", hint="Check user and password of PLANSYNC_STATE__URL.")
    if _NO_DATABASE.search(words):
        return StoreError(f"{what} does not exist", hint="Create it (CREATE DATABASE), then run plansync db upgrade.")
    return StoreUnavailable(
        f"{what} does not answer: {words}", hint="Check that the server runs; nothing is lost, the next run goes on."
    )


def _words(error: SQLAlchemyError) -> str:
    """Return what the driver said, in one line."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return " ".join(str(cause).split()) or type(cause).__name__


def _code(error: SQLAlchemyError) -> str:
    """Return the driver's own name for what went wrong: SQLite's error name or PostgreSQL's SQLSTATE."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    return str(getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or "")
