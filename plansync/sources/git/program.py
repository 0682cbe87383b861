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
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

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
_ANY_PATH = ("-c", "credential.useHttpPath=false")
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
_NOT_ACCEPTED = re.compile(r"Authentication failed|could not read (Username|Password)|error: 401")
_LOCAL_SECONDS = 120


class Keyring(Protocol):
    """Has a secret that ends after a while. May raise ``SourceError``."""

    def token(self) -> str:
        """Return one that is good for a while."""

    def renew(self) -> str:
        """Return another one, for the remote does not accept the last."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a remote is asked with; no ``secret`` and no ``keyring``: what the user's own configuration has."""

    secret: str = field(default="", repr=False)
    user: str = "x-access-token"
    keyring: Keyring | None = field(default=None, repr=False)
    """Where the secret comes from, if it is one that ends."""


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
        """Run a command that talks to the remote; once more, where a secret that ends has ended before its time."""
        keyring = self.credential.keyring if self.address.scheme in {"https", "http"} else None
        if keyring is None:
            return self._outwards(arguments, self.credential.secret)
        done = self._outwards(arguments, keyring.token())
        return self._outwards(arguments, keyring.renew()) if done.code and _NOT_ACCEPTED.search(done.err) else done

    def must(self, *arguments: str, given: bytes = b"", extra: Mapping[str, str] | None = None) -> Finished:
        """Run a local command that only fails where the copy is broken."""
        done = self.local(*arguments, given=given, extra=extra)
        if done.code:
            raise BrokenCopy(f"git {arguments[0]} failed in {self.folder}: {first_line(done.err)}")
        return done

    def _outwards(self, arguments: tuple[str, ...], secret: str) -> Finished:
        """Run a command with a secret, which a helper before all others gives to the remote's own place."""
        environment, helper = _environment(), tuple[str, ...]()
        if secret and self.address.scheme in {"https", "http"}:
            helper = ("-c", "credential.helper=", "-c", f"credential.helper={_HELPER}", *_ANY_PATH)
            environment |= {
                "PLANSYNC_GIT_PLACE": f"{self.address.scheme}://{self.address.host}",
                "PLANSYNC_GIT_USER": self.credential.user,
                "PLANSYNC_GIT_SECRET": secret,
            }
        done = self._run((*helper, *arguments), b"", environment, self.remote_seconds)
        if not secret:
            return done
        return replace(done, out=done.out.replace(secret.encode(), b"..."), err=done.err.replace(secret, "…"))

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
        said = _ESCAPES.sub("", err.decode("utf-8", "replace").replace("\r", "\n"))
        return Finished(process.returncode, out, said)


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
