"""The least that a durable acknowledgement can cost: FastAPI, uvicorn, the signature, one insert and its commit."""

from __future__ import annotations

import hashlib
import hmac
import socket
import sqlite3
import sys

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

from tests.support.burst import SECRET


def create(file: str) -> FastAPI:
    """Return the application; its database keeps what it commits just as the state database does."""
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("CREATE TABLE heard (id TEXT, body BLOB)")
    app = FastAPI()

    async def hear(request: Request) -> PlainTextResponse:
        body = await request.body()
        signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signature, request.headers.get("X-Hub-Signature-256", "")):
            return PlainTextResponse("no", 401)
        database.execute("INSERT INTO heard VALUES (?, ?)", (request.headers["X-GitHub-Delivery"], body))
        return PlainTextResponse("accepted", 202)

    app.add_api_route("/webhooks/github", hear, methods=["POST"], response_class=PlainTextResponse)
    return app


if __name__ == "__main__":
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)  # noqa: T201
    config = uvicorn.Config(create(sys.argv[1]), access_log=False, log_level="error", http="h11", ws="none")
    uvicorn.Server(config).run(sockets=[listening])
