"""What is particular to a state database on PostgreSQL: how its connections are set up, and which texts it refuses.

psycopg, the driver, is an extra (``plansync[postgres]``) and only imported when there is a URL that needs it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.pool import ConnectionPoolEntry

if TYPE_CHECKING:
    from psycopg import Connection

CONNECT_TIMEOUT = timedelta(seconds=10)
"""How long a server may take to answer a new connection."""
SILENCE = timedelta(seconds=30)
"""How long a server may leave what was sent to it without any sign of life; then the connection counts as broken."""
FROZEN = timedelta(minutes=1)
"""How long a process may stop in the middle of a transaction; then the server takes its locks away."""

_ESCAPE = "\x1a"
_REFUSED = re.compile("[\0\x1a\ud800-\udfff]")
_ESCAPED = re.compile("\x1a([0-9a-f]{4})")


def create_postgres_engine(url: URL, lock_timeout: timedelta) -> Engine:
    """Return an engine whose connections are replaced when they broke, and whose locks are not waited for forever."""
    engine = create_engine(url, pool_pre_ping=True, connect_args=_asked(url))
    settings = (
        "SET TIME ZONE 'UTC'",
        f"SET lock_timeout = {max(1, _milliseconds(lock_timeout))}",  # 0 would mean: wait forever
        f"SET idle_in_transaction_session_timeout = {_milliseconds(FROZEN)}",
    )

    @event.listens_for(engine, "connect")
    def _on_connect(raw: Any, entry: ConnectionPoolEntry) -> None:
        del entry
        _keep_all_texts(raw)
        raw.autocommit = True
        raw.execute("; ".join(settings))
        raw.autocommit = False

    return engine


def connection_words(url: str) -> Mapping[str, str | int]:
    """Return how libpq is told to connect to what SQLAlchemy calls ``url``, for others who speak to the same server."""
    parsed = make_url(url)
    names = parsed.translate_connect_args(username="user", database="dbname")
    query = {name: value if isinstance(value, str) else ",".join(value) for name, value in parsed.query.items()}
    return {**names, **query, **_asked(parsed)}


def _asked(url: URL) -> dict[str, str | int]:
    """Return what we ask of every connection, unless the URL says something else."""
    ours: dict[str, str | int] = {
        "connect_timeout": int(CONNECT_TIMEOUT.total_seconds()),
        "tcp_user_timeout": _milliseconds(SILENCE),
        "keepalives_idle": int(SILENCE.total_seconds()),
        "application_name": "plansync",
    }
    return {name: value for name, value in ours.items() if name not in url.query}


def escape(text: str) -> str:
    """Return ``text`` without the characters that PostgreSQL refuses: NUL, and surrogates that stand alone."""
    return _REFUSED.sub(lambda found: f"{_ESCAPE}{ord(found[0]):04x}", text)


def unescape(text: str) -> str:
    """Return what :func:`escape` was given."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if _ESCAPE in text else text


def _keep_all_texts(raw: Connection[Any]) -> None:
    """Have ``raw`` escape every text on its way out, and back on its way in."""
    from psycopg.types.string import StrDumperUnknown, TextLoader  # noqa: PLC0415 - an extra

    class Escaping(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(escape(obj))

    class Unescaping(TextLoader):
        def load(self, data: Any) -> str:
            return unescape(str(data, "utf-8"))

    raw.adapters.register_dumper(str, Escaping)
    for type_ in ("text", "varchar"):
        raw.adapters.register_loader(type_, Unescaping)


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
