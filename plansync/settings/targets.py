"""The tables of ``plansync.toml`` that say what is synced with what, and how: ``[[targets]]`` and ``[sync]``."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from plansync.settings.tables import Table

DEFAULT_INCLUDE = (
    "plans/**/*.md",
    "docs/plans/**/*.md",
    "specs/*/plan.md",
    "specs/*/tasks.md",
    ".*/specs/*/plan.md",
)
"""Where plans are looked for when a target names none (spec §10)."""
DEFAULT_TOGETHER = ("plan.md", "tasks.md")
"""The files that spec-kit keeps of one plan in one folder."""

_AUTHOR = r"^[^<>\x00-\x1f\x7f]*[^<>\x00-\x20\x7f] *<[^<>\s\x00-\x1f\x7f]+>$"
_PROJECT = re.compile(r"[^\s/]+(/[^\s/]+)+")


def _plain_url(url: str) -> str:
    """Refuse what is no web address, and addresses with credentials in them."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address that begins with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold credentials; tokens come from the environment")
    return url.rstrip("/")


def _project_path(project: str) -> str:
    if not _PROJECT.fullmatch(project):
        raise ValueError('must name owner and project, such as "acme/web"')
    return project


def _listed(value: Any) -> Any:
    """Let a single word stand for a list of one."""
    return (value,) if isinstance(value, str) else value


def _login(name: str) -> str:
    return name.strip().removeprefix("@")


def _file_name(name: str) -> str:
    if "/" in name or "\\" in name:
        raise ValueError('must be names of files in one folder, such as "tasks.md", without the folder')
    return name


def _no_name_alone(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) == 1 or len(set(names)) < len(names):
        raise ValueError("must hold two different names or more, or none")
    return names


Url = Annotated[str, AfterValidator(_plain_url)]
ProjectPath = Annotated[str, AfterValidator(_project_path)]
Text = Annotated[str, Field(min_length=1)]
FileName = Annotated[Text, AfterValidator(_file_name)]
Login = Annotated[str, AfterValidator(_login), Field(min_length=1)]
Words = Annotated[tuple[Text, ...], BeforeValidator(_listed, json_schema_input_type=str | tuple[str, ...])]


class WordSettings(Table):
    """Words of the Status line. In each group the first word is the one that is written; all are known."""

    not_started: Annotated[Words, Field(min_length=1)] = ("Planned",)
    """Nothing is done yet."""
    in_progress: Annotated[Words, Field(min_length=1)] = ("In Progress",)
    """Some tasks are done."""
    complete: Annotated[Words, Field(min_length=1)] = ("Complete",)
    """All tasks are done."""
    held: Words = ()
    """Words that plansync never changes, beside the built-in ones (On Hold, Blocked, Cancelled, …)."""

    @model_validator(mode="after")
    def _no_word_twice(self) -> Self:
        groups = (self.not_started, self.in_progress, self.complete, self.held)
        words = [re.sub(r"[\s_-]+", " ", word.strip().casefold()) for group in groups for word in dict.fromkeys(group)]
        for word in words:
            if words.count(word) > 1:
                raise ValueError(f"holds the word {word!r} twice; a word belongs to one group")
        return self


class StatusSettings(Table):
    """How the Status line is kept."""

    insert: bool = False
    """Put a Status line into plans that have none."""
    words: WordSettings = WordSettings()
    """Own words for the Status line."""


class SyncSettings(Table):
    """Behaviour of all targets; each of these keys may stand in a target too, and wins there."""

    publish_when: tuple[Text, ...] = ()
    """Publish only plans whose Status is one of these words; empty: all."""
    publish_private: bool = False
    """Publish plans of a private repository also where more people can read the issues."""
    create_done: bool = False
    """Open issues also for what is done already."""
    checkboxes: bool = False
    """Turn plain bullets into boxes when their issue is closed."""
    questions: bool = False
    """Open an issue for each open question."""
    risks: bool = True
    """Open an issue for each risk."""
    own: tuple[Literal["title", "body", "milestone", "labels"], ...] = ("title", "body", "milestone", "labels")
    """Fields of an issue that are kept as the plan says; the others are set on creation only."""
    references: Literal["inert", "live"] = "inert"
    """Whether bare references such as #12 in plan text become links."""
    bare_links: bool = False
    """Whether a number at the end of an item, such as (#12), is the link to its issue."""
    mentions: tuple[Login, ...] = ()
    """People and teams whose @mention in plan text may notify them."""
    assignees: dict[str, Login] = Field(default_factory=dict)
    """Names in plans to logins on the tracker."""
    progress: Literal["tasks", "milestone"] = "tasks"
    """Count a phase's tasks, or every issue of its milestone."""
    tracking_issue: bool = False
    """Open one issue for each plan as a whole, of which its tasks' issues become sub-issues."""
    dependencies: Literal["text", "links"] = "text"
    """Whether dependencies of tasks stand in the issues' text alone, or also block issues on the tracker."""
    status: StatusSettings = StatusSettings()
    """How the Status line is kept."""


def _refuse(table: SourceSettings | TrackerSettings, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in table.model_fields_set:
            raise ValueError(f'has the key "{key}", which means nothing for kind "{table.kind}"')


class CommitSettings(Table):
    """How commits of plansync look."""

    author: Annotated[str, Field(pattern=_AUTHOR)] = "plansync <plansync@localhost>"
    """Who they are by, as "Name <mail@example.com>"."""
    sign_off: bool = False
    """Add the line Signed-off-by."""
    skip_ci: bool = False
    """Add [skip ci] to the subject, so that no pipeline runs for them."""


class SourceSettings(Table):
    """Where a target's plans live."""

    kind: Literal["folder", "git", "github", "gitlab"] = "folder"
    """A folder, a Git repository by its address, or a repository read and written by API."""
    path: Text = "."
    """The folder (kind folder)."""
    url: Text | None = None
    """Address of the repository, without credentials (kind git)."""
    username: Annotated[str, Field(pattern=r"^[^\s:]+$")] = "x-access-token"
    """The name that goes with the token (kind git)."""
    include: Annotated[tuple[Text, ...], Field(min_length=1)] = DEFAULT_INCLUDE
    """Which files are plans, as patterns of .gitignore."""
    exclude: tuple[Text, ...] = ()
    """Which of them are none after all."""
    together: Annotated[tuple[FileName, ...], AfterValidator(_no_name_alone)] = DEFAULT_TOGETHER
    """Names of files that are one plan where they stand in one folder, its main file first; empty: none are."""
    branch: Text | None = None
    """The branch that plans are synced from; unset: the remote's default branch."""
    project: ProjectPath | None = None
    """Owner and name of the repository (kinds github and gitlab)."""
    api_url: Url | None = None
    """Address of a server of your own (kinds github and gitlab)."""
    write: Literal["auto", "direct", "request"] = "auto"
    """How plans are written back: onto the branch, by pull or merge request, or by what the branch's rules allow."""
    commit: CommitSettings = CommitSettings()
    """How commits of plansync look (kinds git, github and gitlab)."""

    @model_validator(mode="after")
    def _keys_fit_the_kind(self) -> Self:
        hosted = self.kind in {"github", "gitlab"}
        _refuse(self, () if hosted else ("project", "api_url"))
        _refuse(self, () if self.kind == "folder" else ("path",))
        _refuse(self, () if self.kind == "git" else ("url", "username"))
        if self.kind == "folder":
            _refuse(self, ("write", "commit"))
        if self.kind == "git" and self.url is None:
            raise ValueError('needs a url, such as "https://git.example.com/acme/web.git", as its kind is "git"')
        if hosted and self.project is None:
            raise ValueError(f'needs a project, such as "acme/web", as its kind is "{self.kind}"')
        return self


class TrackerSettings(Table):
    """Where a target's issues live."""

    kind: Literal["local", "github", "gitlab"] = "local"
    """The embedded tracker, GitHub or GitLab."""
    project: ProjectPath | None = None
    """Owner and name of the project (kinds github and gitlab)."""
    api_url: Url | None = None
    """Address of a server of your own (kinds github and gitlab)."""
    path: Text = ".plansync/tracker.db"
    """File of the embedded tracker (kind local)."""
    url: Url = "http://127.0.0.1:8484"
    """Address that links to the embedded tracker's issues begin with (kind local)."""
    formerly: tuple[Text, ...] = ()
    """Earlier names of the project, whose links still count (kinds github and gitlab)."""
    app_id: Annotated[int, Field(ge=1)] | None = None
    """Id of the GitHub App to act as, instead of a token (kind github); its key comes from the environment."""
    ca_file: Text | None = None
    """Bundle of certificates to trust, for a server with a certificate of your own (kinds github and gitlab)."""

    @model_validator(mode="after")
    def _keys_fit_the_kind(self) -> Self:
        hosted = ("project", "api_url", "formerly", "app_id", "ca_file")
        _refuse(self, hosted if self.kind == "local" else ("path", "url"))
        if self.kind == "gitlab":
            _refuse(self, ("app_id",))
        if self.kind != "local" and self.project is None:
            raise ValueError(f'needs a project, such as "acme/web", as its kind is "{self.kind}"')
        return self


class TargetSettings(SyncSettings):
    """One source and one tracker project, tied together."""

    name: Annotated[str, Field(pattern=r"^\S(.*\S)?$")]
    """What the target is called, on the command line and in reports."""
    source: SourceSettings = SourceSettings()
    """Where its plans live."""
    tracker: TrackerSettings = TrackerSettings()
    """Where its issues live."""
