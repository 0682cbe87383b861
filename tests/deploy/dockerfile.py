"""A Dockerfile as data, and its steps carried out below a folder instead of in a container.

Of the shell form of RUN it knows commands joined by ``&&``; every absolute path in them goes below the folder. What only
the image's own system can do (packages, users) is not run, and has to be among :data:`OF_THE_SYSTEM`.

As a builder does, it keeps the layer of the first RUN, which installs the requirements, until something changes that it
is made of.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

RUN_HERE = {"python", "mkdir", "ln", "chmod", "/build/venv/bin/python"}
OF_THE_SYSTEM = {
    "apt-get update",
    "apt-get install --yes --no-install-recommends ca-certificates git",
    "rm -rf /var/lib/apt/lists/*",
    "groupadd --gid 10001 plansync",
    "useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/plansync --shell /usr/sbin/nologin plansync",
}
ABSOLUTE = re.compile(r"(?<![\w./:}])/(?=[a-z])")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its word in capitals, and what follows."""

    word: str
    text: str

    @property
    def words(self) -> list[str]:
        """Return the exec form's words."""
        found: list[str] = json.loads(self.text)
        return found


@dataclass(frozen=True, slots=True)
class Stage:
    """What follows one FROM."""

    name: str
    base: str
    instructions: list[Instruction]

    def all(self, word: str) -> list[Instruction]:
        """Return the instructions with this word."""
        return [one for one in self.instructions if one.word == word]

    def last(self, word: str) -> Instruction:
        """Return the instruction that counts where only the last does."""
        return self.all(word)[-1]


def read(file: Path) -> list[Stage]:
    """Return the stages of a Dockerfile."""
    stages: list[Stage] = []
    for one in _instructions(file.read_text("utf-8")):
        if one.word == "FROM":
            base, _, name = one.text.partition(" AS ")
            stages.append(Stage(name, base, []))
        elif stages:
            stages[-1].instructions.append(one)
    return stages


def _instructions(text: str) -> Iterator[Instruction]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for logical in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, rest = logical.strip().partition(" ")
        yield Instruction(word, " ".join(rest.split()) if word == "RUN" else rest.strip())


@dataclass
class Sandbox:
    """A folder that stands for the image's root; all stages share it, so that programs stay where they were made."""

    root: Path
    context: Path
    layers: Path
    workdir: str = "/"
    env: dict[str, str] = field(default_factory=dict)
    _made_of: list[bytes] = field(default_factory=lambda: [sys.version.encode()])
    _kept: bool = False

    def inside(self, path: str) -> Path:
        """Return where a path of the image is."""
        return self.root / path.removeprefix("/") if path.startswith("/") else self.inside(f"{self.workdir}/{path}")

    def mapped(self, text: str) -> str:
        """Return ``text`` with the image's absolute paths led below the folder."""
        return ABSOLUTE.sub(f"{self.root}/", text)

    def carry_out(self, stage: Stage) -> None:
        """Carry out all steps of a stage."""
        self.workdir, self.env = "/", {}
        for one in stage.instructions:
            step = getattr(self, f"_{one.word.lower()}", None)
            if step is not None:
                step(one.text)

    def environment(self) -> dict[str, str]:
        """Return the environment of the image's processes, with what pip is told on this machine."""
        kept = {name: text for name, text in os.environ.items() if name.startswith(("PIP_", "LANG", "XDG_"))}
        path = f"{self.root}/bin{os.pathsep}{os.environ['PATH']}"
        env = {"PATH": path, **kept}
        for name, text in self.env.items():
            env[name] = self.mapped(text).replace("${PATH}", path)
        return env

    def _workdir(self, text: str) -> None:
        self.workdir = text
        self.inside(text).mkdir(parents=True, exist_ok=True)

    def _env(self, text: str) -> None:
        self.env |= {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|(\S+))', text)}

    def _copy(self, text: str) -> None:
        *sources, target = text.split()
        if sources[0].startswith("--from="):
            assert sources[1:] == [target], "programs made in another stage stay at their path"
            return
        for source in sources:
            to = self.inside(target) / Path(source).name if target.endswith("/") else self.inside(target)
            _copy_of(self.context, source, to)
            self._made_of += [file.read_bytes() for file in (to, *sorted(to.rglob("*"))) if file.is_file()]

    def _run(self, text: str) -> None:
        chosen = " && ".join(command for command in text.split(" && ") if self._is_run_here(command))
        if self._kept:
            self._shell(chosen)
            return
        self._kept = True
        self._made_of.append(chosen.encode())
        layer = self.layers / f"image-{hashlib.sha256(b'|'.join(self._made_of)).hexdigest()[:12]}"
        if layer.is_dir():
            shutil.copytree(layer, self.root, symlinks=True, dirs_exist_ok=True)
            return
        self._shell(chosen)
        self._keep(layer)

    def _keep(self, layer: Path) -> None:
        for older in self.layers.glob("image-*"):
            shutil.rmtree(older)
        beside = Path(tempfile.mkdtemp(dir=self.layers))
        shutil.copytree(self.root, beside, symlinks=True, dirs_exist_ok=True)
        beside.rename(layer)

    def _shell(self, commands: str) -> None:
        script = self.mapped(commands) or ":"
        command = ["/bin/sh", "-c", script]
        done = subprocess.run(
            command, cwd=self.inside(self.workdir), env=self.environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"

    @staticmethod
    def _is_run_here(command: str) -> bool:
        if command in OF_THE_SYSTEM:
            return False
        if command.startswith("chown "):
            return os.geteuid() == 0
        assert command.split(maxsplit=1)[0] in RUN_HERE, f"unknown step: {command}"
        return True


def _copy_of(context: Path, source: str, to: Path) -> None:
    patterns = [
        line for line in (context / ".dockerignore").read_text("utf-8").splitlines() if line[:1] not in {"", "#"}
    ]
    assert patterns[0] == "*"
    assert f"!{source.split('/', maxsplit=1)[0]}" in patterns, f".dockerignore hides {source}"
    hidden = [pattern.removeprefix("**/") for pattern in patterns[1:] if not pattern.startswith("!")]

    def ignore(folder: str, names: list[str]) -> list[str]:
        below = Path(folder).relative_to(context)
        return [
            name
            for name in names
            if any(fnmatch.fnmatch(name, one) or (below / name).as_posix() == one for one in hidden)
        ]

    to.parent.mkdir(parents=True, exist_ok=True)
    if (context / source).is_dir():
        shutil.copytree(context / source, to, ignore=ignore, dirs_exist_ok=True)
    else:
        shutil.copy(context / source, to)


def with_python(root: Path) -> None:
    """Put this Python into the folder as the one of the base image."""
    program = root / "bin/python"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{Path(sys.base_exec_prefix) / "bin" / _name()}" "$@"\n')
    program.chmod(0o755)


def _name() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"
