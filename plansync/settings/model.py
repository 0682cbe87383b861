"""The whole of the configuration, as one frozen value."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import Field, PrivateAttr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from plansync.settings.place import Place
from plansync.settings.tables import (
    SECRET,
    AlarmSettings,
    DaemonSettings,
    LimitSettings,
    MarkerSettings,
    PacingSettings,
    ScheduleSettings,
    Secret,
    StateSettings,
    WebhookSettings,
    WebSettings,
)
from plansync.settings.targets import SyncSettings, TargetSettings, Text


def variable_part(name: str) -> str:
    """Return a target's name as it stands in environment variables (``web-app`` → ``WEB_APP``)."""
    return re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")


class Settings(BaseSettings):
    """What ``plansync.toml``, the environment and the options say together.

    Made by :func:`plansync.settings.load_settings`. By itself the class reads neither file nor environment.
    """

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True
    )

    templates: Text | None = None
    """Folder with templates of your own, which override single ones of plansync's."""
    targets: Annotated[tuple[TargetSettings, ...], Field(min_length=1)]
    """What is synced with what."""
    pacing: PacingSettings = PacingSettings()
    """How fast trackers are written to."""
    limits: LimitSettings = LimitSettings()
    """Fuses and sizes."""
    state: StateSettings = StateSettings()
    """The state database."""
    schedule: ScheduleSettings = ScheduleSettings()
    """When the daemon syncs."""
    daemon: DaemonSettings = DaemonSettings()
    """How daemons and workers work."""
    alarm: AlarmSettings = AlarmSettings()
    """When and whom to tell that a target is not in step."""
    web: WebSettings = WebSettings()
    """Where the daemon listens."""
    webhooks: WebhookSettings = WebhookSettings()
    """How webhooks are received."""
    sync: SyncSettings = SyncSettings()
    """Behaviour of all targets."""
    markers: MarkerSettings = MarkerSettings()
    """How markers are signed."""
    github_token: Secret | None = None
    """Token for all GitHub targets without one of their own."""
    gitlab_token: Secret | None = None
    """Token for all GitLab targets without one of their own."""
    git_token: Secret | None = None
    """Token for all Git sources whose target has none of its own."""
    github_app_key: Secret | None = None
    """Private key of the GitHub App that targets with an app_id act as."""
    tokens: Annotated[dict[str, Secret], SECRET] = Field(default_factory=dict)
    """Tokens of single targets, by :func:`variable_part` of their names."""
    _place: Place | None = PrivateAttr(default=None)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read nothing but what is given; the layers come from :mod:`plansync.settings.load`."""
        return (init_settings,)

    @model_validator(mode="after")
    def _one_name_a_target(self) -> Self:
        seen: dict[str, str] = {}
        for target in self.targets:
            part = variable_part(target.name) or target.name
            if seen.get(part) == target.name:
                raise ValueError(f"two targets have the name {target.name!r}")
            if part in seen:
                raise ValueError(
                    f"the names {seen[part]!r} and {target.name!r} are one in the environment (PLANSYNC_TOKEN_{part})"
                )
            seen[part] = target.name
        return self

    @property
    def place(self) -> Place:
        """Return where the configuration was found; relative paths start there."""
        if self._place is None:
            raise ValueError("these settings were not loaded from a place")
        return self._place
