"""What GitHub Actions does with an action's steps, as far as ours need it: conditions, expressions, and bash."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_NAME = re.compile(r"'[^']*'|\b(?:github|inputs)(?:\.[a-z_-]+)+")


@dataclass
class Runner:
    """Runs steps in ``workspace``; ``context`` has the values of expressions by their names."""

    workspace: Path
    context: Mapping[str, Any]
    variables: Mapping[str, str] = field(default_factory=dict)

    def holds(self, step: Mapping[str, Any]) -> bool:
        """Say whether a step's condition is true."""
        condition = str(step.get("if", "!cancelled()")).replace("!cancelled()", "True")
        text = _NAME.sub(lambda found: self._literal(found[0]), condition)
        return bool(eval(text.replace("&&", " and ").replace("||", " or "), {"__builtins__": {}}))

    def run(self, step: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
        """Run a step's script as the runner does: with its environment, stopping at the first failure."""
        given = {name: _EXPRESSION.sub(lambda f: str(self.context[f[1]]), v) for name, v in step.get("env", {}).items()}
        return run_bash(step["run"], self.workspace / step.get("working-directory", ""), {**self.variables, **given})

    def _literal(self, name: str) -> str:
        return name if name.startswith("'") else repr(self.context[name])


def run_bash(script: str, folder: Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script with this plansync, and nothing of this process's environment but what any machine has."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PLANSYNC_PACING__WRITE_INTERVAL": "0"}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={**kept, "PATH": path, **quiet, **variables},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
