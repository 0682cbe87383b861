"""The GitHub App that keeps a target's issues, as what git is given to reach the target's plans."""

from __future__ import annotations

from dataclasses import dataclass

from plansync.bootstrap.connections import missing_key
from plansync.hosts.github_app import Installation
from plansync.sources.hosted.refusals import as_source_errors_alone


@dataclass(frozen=True, slots=True)
class AppKeyring:
    """Tokens of an installation; there is none where the App's key is not set, which is said of ``target``."""

    app: Installation | None
    target: str

    def token(self) -> str:
        with as_source_errors_alone():
            return self._installed().token()

    def renew(self) -> str:
        with as_source_errors_alone():
            return self._installed().renew()

    def _installed(self) -> Installation:
        if self.app is None:
            raise missing_key(self.target)
        return self.app
