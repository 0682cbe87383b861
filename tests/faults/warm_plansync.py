"""A process that has imported plansync and forks for every command it is given, so that hundreds of kills stay cheap.

Each command is a real process with a life of its own. Reads orders and writes answers as lines of JSON.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import plansync
from plansync.cli.main import main
from tests.faults.kill_switch import KillSwitch

_FRESH_ONLY = ("__main__", ".migrations")


def import_everything() -> None:
    """Import what commands import when they need it."""
    for module in pkgutil.walk_packages(plansync.__path__, "plansync."):
        if not any(part in module.name for part in _FRESH_ONLY):
            importlib.import_module(module.name)
    for name in ("sqlalchemy.dialects.sqlite.pysqlite", "alembic.command", "rich.console"):
        importlib.import_module(name)


def serve() -> None:
    """Carry out orders until there are no more."""
    import_everything()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_carry_out(json.loads(line))) + "\n")
        sys.stdout.flush()


def _carry_out(order: dict[str, Any]) -> dict[str, Any]:
    effects, effects_in = os.pipe()
    said, said_in = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(effects)
        os.close(said)
        _become(order, effects_in, said_in)
    os.close(effects_in)
    os.close(said_in)
    with os.fdopen(effects) as counted, os.fdopen(said) as output:
        lines, words = counted.read().splitlines(), output.read()
    _, status = os.waitpid(pid, 0)
    return {"code": os.waitstatus_to_exitcode(status), "effects": lines, "output": words}


def _become(order: dict[str, Any], log: int, said: int) -> None:
    """Be the command, and end as it ends."""
    sys.stdout = sys.stderr = os.fdopen(said, "w", encoding="utf-8")
    os.environ.update(order["variables"])
    KillSwitch(Path(order["folder"]), log, order["at"], order["moment"]).arm()
    be_plansync(order["folder"], order["arguments"])


def be_plansync(folder: str, arguments: Sequence[str]) -> NoReturn:
    """Carry out a command in ``folder``, and end this process as the command ends."""
    code = 1
    try:
        os.chdir(folder)
        sys.argv = ["plansync", *arguments]
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
