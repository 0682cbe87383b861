"""The tables of ``plansync.toml`` that hold no target: pacing, limits, state, schedule, web, webhooks, markers.

Attribute docstrings become the descriptions in the JSON Schema. Fields marked with :data:`SECRET` are never read from
the file (spec §10).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, WithJsonSchema, model_validator

from plansync.settings.durations import Duration

DEFAULT_STATE_URL = "sqlite:///.plansync/state.db"


class SecretMark:
    """Metadata of a field whose value comes only from environment, ``*_FILE`` or a secrets folder."""


SECRET = SecretMark()
Secret = Annotated[SecretStr, Field(min_length=1), SECRET]
Secrets = Annotated[tuple[Annotated[SecretStr, Field(min_length=1)], ...], SECRET]


class Table(BaseModel):
    """One table of the file: frozen, and closed to keys that are not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True)


class HostPacing(Table):
    """How fast one host is written to. Unset: the manners that the host has published."""

    write_interval: Duration | None = None
    """Seconds between two writes; 0 for servers of your own."""
    creations_per_minute: Annotated[int, Field(ge=1)] | None = None
    """The most issues and milestones created within a minute."""
    creations_per_hour: Annotated[int, Field(ge=1)] | None = None
    """The most issues and milestones created within an hour."""


class PacingSettings(HostPacing):
    """What is set here holds for every host; a table named like a host holds for that one."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, HostPacing] = Field(init=False)


class LimitSettings(Table):
    """Fuses and sizes."""

    create_quarantine: Duration = timedelta(minutes=10)
    """How long a create whose answer was lost is left alone before it is repeated."""
    plan_bytes: Annotated[int, Field(ge=1)] = 5 * 1024 * 1024
    """Plans larger than this are left alone."""
    creates: Annotated[int, Field(ge=0)] = 200
    """The most creations of one target in one run; 0: no limit."""
    removals: Annotated[int, Field(ge=0)] = 5
    """More removals than this, and than the share, stop a plan."""
    removals_share: Annotated[float, Field(ge=0, le=1)] = 0.2
    """The share (0 to 1) of a plan's owned issues that may go in one run."""
    removal_confirm: Duration = timedelta(minutes=10)
    """How far apart a daemon's two readings of a removal must lie."""
    slice_creations: Annotated[int, Field(ge=0)] = 50
    """Creations in one slice of a long run; 0: no slices."""
    slice_time: Duration = timedelta(minutes=5)
    """The longest time of one slice."""
    lease: Duration = timedelta(seconds=60)
    """After this time without renewal a lease may be taken over."""
    lease_wait: Duration = timedelta(minutes=2)
    """How long a run waits for another one's lease."""


class StateSettings(Table):
    """Where the state database lives."""

    url: Annotated[SecretStr, WithJsonSchema({"type": "string", "default": DEFAULT_STATE_URL})] = SecretStr(
        DEFAULT_STATE_URL
    )
    """SQLAlchemy's URL of the state database. One with a password is only read from the environment."""
    history: Duration = timedelta(days=90)
    """How long a daemon keeps what runs did. Quiet runs are kept for a day."""


class ScheduleSettings(Table):
    """When the daemon syncs by itself."""

    interval: Duration = timedelta(minutes=5)
    """Time between two full syncs of a target."""
    cron: str | None = None
    """Five cron fields, instead of an interval."""
    timezone: str = "UTC"
    """The time zone of the cron fields."""
    jitter: Duration = timedelta(seconds=10)
    """Each sync starts up to so much later than planned, so that many targets do not start together."""
    writeback_interval: Duration = timedelta(minutes=5)
    """How long a daemon gathers edits for one commit."""

    @model_validator(mode="after")
    def _one_rhythm(self) -> Self:
        if self.cron is not None and "interval" in self.model_fields_set:
            raise ValueError("has both interval and cron; keep one of them")
        return self


class DaemonSettings(Table):
    """How daemons and workers work."""

    workers: Annotated[int, Field(ge=1, le=64)] = 4
    """The most targets that one process syncs at a time."""
    grace: Duration = timedelta(seconds=25)
    """How long a process that is to end goes on with the steps in hand."""


class AlarmSettings(Table):
    """When and whom to tell that a target is not in step."""

    after: Duration = timedelta(hours=1)
    """Raise the alarm when a target had no success for so long; 0: never."""
    post_to: Secret | None = None
    """Address that alarms are posted to, as JSON."""
    mail_to: tuple[str, ...] = ()
    """Addresses that alarms are mailed to; empty: none."""
    mail_from: str = "plansync@localhost"
    """Sender of such mail."""
    smtp_host: str = "localhost"
    """Server that mail is handed to."""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 25
    """Its port; on 465 it is spoken to by TLS, on others STARTTLS is used where it is offered."""
    smtp_user: str = ""
    """Login at the server; empty: none."""
    smtp_password: Secret | None = None
    """Password for the login."""


class WebSettings(Table):
    """Where the daemon's dashboard and webhooks listen."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8484
    """Port to listen on; 0: any that is free."""
    public_url: str = ""
    """Address under which the trackers' hosts reach plansync, such as https://plans.example.com; empty: not known."""
    api_tokens: Secrets = ()
    """Tokens that open the API; all are accepted, and without one it is closed."""


class WebhookSettings(Table):
    """How webhooks are received."""

    debounce: Duration = timedelta(seconds=2)
    """How long bursts of events are gathered, in seconds."""
    debounce_longest: Duration = timedelta(seconds=30)
    """After this time a sync starts even if more events arrive."""
    github_secret: Secrets = ()
    """Secrets of GitHub's webhooks; all are accepted."""
    gitlab_token: Secrets = ()
    """Tokens of GitLab's webhooks; all are accepted."""


class MarkerSettings(Table):
    """How markers in issues are signed."""

    keys: Secrets = ()
    """The first key signs, all verify."""
    require_signature: bool = False
    """Believe no marker without a signature."""
