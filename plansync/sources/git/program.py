"""The git program, run so that nothing but git and what the user's own configuration names is ever run by it.

Hooks, filters and submodules are off; only the transport of the address is on; nothing asks at a terminal. The
secret is handed over in the environment of the commands that go out, to a helper that gives it to one host alone.
https://git-scm.com/docs/git-config, https://git-scm.com/docs/gitcredentials
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from plansync.errors import SourceError
from plansync.sources.git.addresses import Address

_KEPT = ("GIT_CONFIG", "GIT_SSH", "GIT_SSL")
_SETTINGS = (
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", "false"),
    ("core.attributesFile", os.devnull),
    ("core.logAllRefUpdates", "false"),
    ("core.protectNTFS", "false"),  # nothing is ever checked out: odd names of other files are no danger,
    ("core.protectHFS", "false"),  # and must not keep plans from being written
    ("fetch.recurseSubmodules", "false"),
    ("push.recurseSubmodules", "no"),
    ("push.followTags", "false"),
    ("submodule.recurse", "false"),
    ("transfer.bundleURI", "false"),
    ("transfer.credentialsInUrl", "die"),
    ("gc.autoDetach", "false"),
    ("maintenance.autoDetach", "false"),
    ("i18n.commitEncoding", "UTF-8"),
    ("http.lowSpeedLimit", "1000"),
    ("http.lowSpeedTime", "60"),
    ("protocol.allow", "never"),
)
_HELPER = (
    '!f() { test "$1" = get || exit 0; at=; '
    'while IFS= read -r line && test -n "$line"; do '
    'case "$line" in protocol=*) at="${line#*=}://$at" ;; host=*) at="$at${line#*=}" ;; esac; done; '
    'test "$at" = "$PLANSYNC_GIT_PLACE" || exit 0; '
    'printf "username=%s\\npassword=%s\\n" "$PLANSYNC_GIT_USER" "$PLANSYNC_GIT_SECRET"; }; f'
)
"""A credential helper in the shell's own words: it answers for one scheme and host, from the environment."""
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
_LOCAL_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Credential:
    """What a remote is asked with; an empty ``secret``: what the user's own configuration has."""

    secret: str = field(default="", repr=False)
    user: str = "x-access-token"


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that ended."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Return what it printed, without the last line end."""
        return self.out.decode("utf-8", "replace").rstrip("\n")


@dataclass(frozen=True, slots=True)
class Git:
    """Runs git in one bare repository, ``folder``."""

    folder: Path
    address: Address
    credential: Credential
    remote_seconds: int = 900
    """How long a command that talks to the remote may take."""

    def local(self, *arguments: str, given: bytes = b"", extra: Mapping[str, str] | None = None) -> Finished:
        """Run a command that stays on this machine, without the secret."""
        return self._run(arguments, given, {**_environment(), **(extra or {})}, _LOCAL_SECONDS)

    def remote(self, *arguments: str) -> Finished:
        """Run a command that talks to the remote."""
        return self._run((*self._helper(), *arguments), b"", self._with_secret(), self.remote_seconds)

    def must(self, *arguments: str, given: bytes = b"", extra: Mapping[str, str] | None = None) -> Finished:
        """Run a local command that only fails where the copy is broken."""
        done = self.local(*arguments, given=given, extra=extra)
        if done.code:
            raise BrokenCopy(f"git {arguments[0]} failed in {self.folder}: {first_line(done.err)}")
        return done

    def _helper(self) -> tuple[str, ...]:
        """Return the options that put our credential, and no other helper, before the remote."""
        if not self._has_secret:
            return ()
        return ("-c", "credential.helper=", "-c", f"credential.helper={_HELPER}", "-c", "credential.useHttpPath=false")

    @property
    def _has_secret(self) -> bool:
        return bool(self.credential.secret) and self.address.scheme in {"https", "http"}

    def _with_secret(self) -> dict[str, str]:
        environment = _environment()
        if self._has_secret:
            environment |= {
                "PLANSYNC_GIT_PLACE": f"{self.address.scheme}://{self.address.host}",
                "PLANSYNC_GIT_USER": self.credential.user,
                "PLANSYNC_GIT_SECRET": self.credential.secret,
            }
        return environment

    def _run(self, arguments: tuple[str, ...], given: bytes, environment: dict[str, str], seconds: int) -> Finished:
        schemes = {"https", "ssh"} if self.address.scheme in {"https", "ssh"} else {self.address.scheme}
        settings = (*_SETTINGS, *((f"protocol.{scheme}.allow", "always") for scheme in sorted(schemes)))
        options = [word for name, value in settings for word in ("-c", f"{name}={value}")]
        command = ["git", "--no-pager", "--no-replace-objects", f"--git-dir={self.folder}", *options, *arguments]
        try:
            process = subprocess.Popen(
                command,
                cwd=self.folder.parent,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # so that no program finds a terminal to ask at, and all end together
            )
        except FileNotFoundError as error:
            raise SourceError("there is no git program", hint="install git, or use another kind of source") from error
        with process:
            try:
                out, err = process.communicate(given, timeout=seconds)
            except subprocess.TimeoutExpired as error:
                raise SourceError(f"{self.address.url}: git did not end within {seconds} s") from error
            finally:
                _end(process)
        return Finished(process.returncode, out, self._clean(err.decode("utf-8", "replace")))

    def _clean(self, text: str) -> str:
        """Return what git says without control characters, and without the secret, should a server have echoed it."""
        text = _ESCAPES.sub("", text.replace("\r", "\n"))
        return text.replace(self.credential.secret, "…") if self.credential.secret else text


class BrokenCopy(SourceError):
    """The working copy cannot be used; it is made again."""


def first_line(text: str) -> str:
    """Return what git says in the line that matters most."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal: ", "error: "))]
    return next(iter(fatal or lines), "git says nothing").removeprefix("fatal: ").removeprefix("error: ")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of git and its children."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    """Return our environment without secrets of ours and what would point git elsewhere, or let it ask or trace."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if (not name.startswith("GIT_") or name.startswith(_KEPT)) and not _is_secret(name)
    }
    never_ask = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS_REQUIRE": "never"}
    return kept | never_ask | {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}


def _is_secret(name: str) -> bool:
    return name.startswith("PLANSYNC_") or name in {"GITHUB_TOKEN", "GITLAB_TOKEN", "CI_JOB_TOKEN"}
