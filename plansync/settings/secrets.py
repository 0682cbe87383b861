"""Secrets: from environment, ``*_FILE`` paths or a secrets folder, and never from ``plansync.toml`` (spec §10)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from plansync.settings.environment import PREFIX, SECRETS_DIR, Known, Variable
from plansync.settings.keys import all_keys, find_key
from plansync.settings.model import Settings, variable_part
from plansync.settings.targets import TargetSettings

DEFAULT_FOLDER = Path("/run/secrets")
"""Where Docker and its like put secrets."""
_FILE = "_FILE"
_NAMED_LIKE_ONE = re.compile(r"token|secret|password|passwd|private_key|credential", re.IGNORECASE)


def is_secret(known: Known, name: str) -> bool:
    """Say whether variable ``name`` may also be given by a file: secrets, and the state's URL."""
    location = known.locate(name)
    key = find_key(location[:1] if location and location[0] == "tokens" else location) if location else None
    return key is not None and (key.secret or key.path == ("state", "url"))


def read_secret_files(variables: Mapping[str, Variable], known: Known, faults: list[str]) -> dict[str, Variable]:
    """Return ``variables`` with every ``…_FILE`` replaced by what is in its file."""
    found = dict(variables)
    for name, variable in variables.items():
        plain = name.removesuffix(_FILE)
        if plain == name or known.locate(name) or not is_secret(known, plain):
            continue
        del found[name]
        if plain in variables:
            faults.append(f"{name}: {plain} is set as well; keep one of them")
        else:
            found |= _from_file(plain, Path(variable.text), f"{name} ({variable.text})", faults)
    return found


def read_secrets_folder(environ: Mapping[str, str], known: Known, faults: list[str]) -> dict[str, Variable]:
    """Return the secrets in the folder, whose files are named like variables, in any case.

    Without ``PLANSYNC_SECRETS_DIR`` it is ``/run/secrets``, where files that plansync does not know are other people's.
    """
    named = environ.get(SECRETS_DIR, "")
    folder = Path(named).expanduser() if named else DEFAULT_FOLDER
    if named and not folder.is_dir():
        faults.append(f"{SECRETS_DIR}: there is no folder {folder}")
    found: dict[str, Variable] = {}
    for file in sorted(folder.glob("*")) if folder.is_dir() else ():
        name = file.name.upper()
        if not name.startswith(PREFIX):
            continue
        if is_secret(known, name):
            found |= _from_file(name, file, str(file), faults)
        elif named:
            faults.append(f"{file}: unknown secret; did you mean {known.unknown(name).rpartition(' ')[2]}")
    return found


def _from_file(name: str, file: Path, origin: str, faults: list[str]) -> dict[str, Variable]:
    try:
        text = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        faults.append(f"{origin}: cannot be read: {why}")
        return {}
    return {name: Variable(text, origin)} if text else {}


def secrets_in_file(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield a complaint, without its value, for every secret that stands in the file's ``values``."""
    for key in all_keys():
        if key.secret and _stands_in(values, key.path):
            yield f"{key.dotted}: {_elsewhere(PREFIX + '__'.join(key.path).upper())}"
    url = values.get("state", {}).get("url") if isinstance(values.get("state"), dict) else None
    if isinstance(url, str) and has_password(url):
        yield f"state.url: holds a password; {_elsewhere('PLANSYNC_STATE__URL')}"


def named_like_a_secret(name: str, target: str | None) -> str:
    """Return the complaint about an unknown key that seems to hold a secret, or an empty text."""
    if not _NAMED_LIKE_ONE.search(name):
        return ""
    part = variable_part(target) if target else ""
    return _elsewhere(f"PLANSYNC_TOKEN_{part or '<NAME>'}")


def has_password(url: str) -> bool:
    """Say whether a database's URL holds a password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.password is not None or "password=" in parts.query


def token_for(settings: Settings, target: TargetSettings, environ: Mapping[str, str]) -> SecretStr | None:
    """Return the token that ``target``'s tracker is used with.

    The target's own, else that of its kind, else the one that CI or another tool has put into ``environ``, which goes
    to no other host than the one it is for.
    """
    kind = target.tracker.kind
    own = settings.tokens.get(variable_part(target.name))
    if kind == "local" or own is not None:
        return own
    return _shared_token(settings, kind, target.tracker.api_url, environ)


def source_token_for(settings: Settings, target: TargetSettings, environ: Mapping[str, str]) -> SecretStr | None:
    """Return the token that ``target``'s source on GitHub or GitLab is used with.

    The target's own goes to the tracker's host alone, unless the tracker is embedded.
    """
    source, tracker = target.source, target.tracker
    is_home = (tracker.kind, _origin(tracker.api_url)) == (source.kind, _origin(source.api_url))
    own = settings.tokens.get(variable_part(target.name)) if is_home or tracker.kind == "local" else None
    return own or _shared_token(settings, source.kind, source.api_url, environ)


def _shared_token(settings: Settings, kind: str, api_url: str | None, environ: Mapping[str, str]) -> SecretStr | None:
    shared = settings.github_token if kind == "github" else settings.gitlab_token
    host = _host_of(kind, api_url)
    ambient = environ.get(f"{kind.upper()}_TOKEN", "")
    if shared is None and ambient and host == _ambient_host(kind, environ):
        return SecretStr(ambient)
    return shared


def pipeline_token(settings: Settings, kind: str, environ: Mapping[str, str]) -> str:
    """Return the token to comment with on the host that CI runs for, empty without one.

    CI's own goes there; one that was given to plansync only where a target's tracker is on that host.
    """
    ambient = environ.get(f"{kind.upper()}_TOKEN", "")
    if ambient:
        return ambient
    host = _ambient_host(kind, environ)
    for target in settings.targets:
        api_host = urlsplit(target.tracker.api_url or f"https://{kind}.com").hostname
        if target.tracker.kind == kind and host == ("github.com" if api_host == "api.github.com" else api_host):
            token = token_for(settings, target, environ)
            return token.get_secret_value() if token is not None else ""
    return ""


def git_token_for(settings: Settings, target: TargetSettings, environ: Mapping[str, str], host: str) -> str:
    """Return the token that a Git source on ``host`` is used with, empty for what git's own configuration has.

    The tracker's token goes to the tracker's own host alone; where the tracker is embedded, the target's token can
    only be meant for the source.
    """
    own = settings.tokens.get(variable_part(target.name)) if target.tracker.kind == "local" else None
    is_tracker = target.tracker.kind != "local" and host.casefold() == web_host(target).casefold()
    found = own or (token_for(settings, target, environ) if is_tracker else None) or settings.git_token
    return found.get_secret_value() if found is not None else ""


def is_by_app(target: TargetSettings, host: str) -> bool:
    """Say whether a Git source on ``host`` is reached as the App that the target's issues are kept with."""
    return target.tracker.app_id is not None and host.casefold() == web_host(target).casefold()


def web_host(target: TargetSettings) -> str:
    """Return the host of a tracker's pages, which is that of its repositories too; with its port, if it has one."""
    host = urlsplit(target.tracker.api_url or f"https://{target.tracker.kind}.com").netloc
    return "github.com" if host == "api.github.com" else host


def _origin(api_url: str | None) -> tuple[str, str]:
    parts = urlsplit(api_url or "")
    return parts.scheme, parts.netloc.casefold()


def _host_of(kind: str, api_url: str | None) -> str | None:
    host = urlsplit(api_url or f"https://{kind}.com").hostname
    return "github.com" if host == "api.github.com" else host


def plain(secret: SecretStr | None) -> str:
    """Return a secret as it is sent, empty for none."""
    return secret.get_secret_value() if secret is not None else ""


def app_key_for(settings: Settings) -> str:
    """Return the GitHub App's private key, empty without one; in a variable its line ends may be escaped."""
    key = settings.github_app_key
    return key.get_secret_value().replace("\\n", "\n") if key is not None else ""


def is_job_token(token: str, environ: Mapping[str, str]) -> bool:
    """Say whether a token is that of the GitLab CI job that runs now, which is sent in a header of its own."""
    return bool(token) and token == environ.get("CI_JOB_TOKEN", "")


def _ambient_host(kind: str, environ: Mapping[str, str]) -> str:
    named = environ.get("GITHUB_SERVER_URL" if kind == "github" else "CI_SERVER_URL", "")
    return urlsplit(named).hostname or f"{kind}.com"


def _elsewhere(variable: str) -> str:
    return f"secrets are not read from the file; set {variable} (or {variable}{_FILE}) instead"


def _stands_in(values: Any, path: tuple[str, ...]) -> bool:
    for part in path:
        if not isinstance(values, dict) or part not in values:
            return False
        values = values[part]
    return True
