"""The files in config/ and the page about configuration tell of every key, and tell the truth."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from plansync.settings import Settings, load_settings
from plansync.settings.keys import Key, all_keys
from plansync.settings.schema import schema_text
from plansync.settings.targets import SyncSettings

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "config/plansync.example.toml").read_text("utf-8")
PAGE = (ROOT / "docs/configuration.md").read_text("utf-8")

OPTION_THAT_IS_OFF = re.compile(r'^#(?=["\[\w])', re.MULTILINE)
EXAMPLE_VALUES = {
    "templates",
    "targets.*.name",
    "targets.*.questions",
    "targets.*.source.branch",
    "pacing.write_interval",
    "pacing.creations_per_minute",
    "pacing.creations_per_hour",
    "sync.assignees",
    "schedule.cron",
}
"""Keys whose value in the example is no default, as the prose beside them says."""

OF_OTHER_TARGETS = {
    "targets.*.source.url",
    "targets.*.source.username",
    "targets.*.source.commit.author",
    "targets.*.source.commit.sign_off",
    "targets.*.source.commit.skip_ci",
    "targets.*.source.project",
    "targets.*.source.api_url",
    "targets.*.tracker.project",
    "targets.*.tracker.api_url",
    "targets.*.tracker.formerly",
    "targets.*.tracker.ca_file",
    "targets.*.tracker.app_id",
}
"""Keys that only the other targets of the example may have."""

KEYS = list(all_keys())
SYNC_IN_TARGET = {("targets", "*", *key.path) for key in all_keys(SyncSettings)}
PLAIN_KEYS = [key for key in KEYS if not key.secret and key.table is None and key.path not in SYNC_IN_TARGET]


def option_lines_on(*, cron: bool) -> str:
    """Return the example with every option on, and of the two rhythms one."""
    text = OPTION_THAT_IS_OFF.sub("", EXAMPLE)
    return re.sub(r"^interval = .*$" if cron else r"^cron = .*$", "", text, flags=re.MULTILINE)


def load(text: str, folder: Path) -> Settings:
    """Load ``text`` as a file, without an environment."""
    file = folder / "plansync.toml"
    file.write_text(text, "utf-8")
    return load_settings(config=file, environ={})


def value_at(settings: Any, key: Key) -> Any:
    """Return the value of ``key``; of targets the first, of hosts the one in the example."""
    for part in key.path:
        if part != "*":
            settings = getattr(settings, part)
        else:
            is_targets = isinstance(settings, tuple)
            settings = settings[0] if is_targets else settings.__pydantic_extra__["gitlab.example.com"]
    return settings


def stands_in(values: Any, path: tuple[str, ...]) -> bool:
    """Say whether a parsed file has a value at ``path``, ``*`` standing for any place or host."""
    if not path:
        return True
    inner = values.values() if path[0] == "*" and isinstance(values, dict) else values
    if path[0] == "*":
        return any(stands_in(entry, path[1:]) for entry in inner)
    return isinstance(values, dict) and path[0] in values and stands_in(values[path[0]], path[1:])


def test_the_example_loads_as_it_is_and_means_the_defaults(tmp_path: Path) -> None:
    settings = load(EXAMPLE, tmp_path)
    assert settings.model_dump() == load('[[targets]]\nname = "web"\n', tmp_path).model_dump()


def test_the_example_loads_without_its_comments(tmp_path: Path) -> None:
    bare = "\n".join(line for line in EXAMPLE.splitlines() if not line.startswith("#"))
    assert load(bare, tmp_path).targets[0].name == "web"


@pytest.mark.parametrize("cron", [True, False])
def test_the_example_loads_with_every_option_on(cron: bool, tmp_path: Path) -> None:
    settings = load(option_lines_on(cron=cron), tmp_path)
    assert [target.name for target in settings.targets] == ["web", "core", "shop", "docs"]


@pytest.mark.parametrize("key", PLAIN_KEYS, ids=lambda key: key.dotted)
def test_every_key_stands_in_the_example_with_its_default(key: Key, tmp_path: Path) -> None:
    on = option_lines_on(cron=key.dotted == "schedule.cron")
    assert stands_in(tomllib.loads(on), key.path)
    default = key.field.get_default(call_default_factory=True, validated_data={})
    is_example = key.dotted in EXAMPLE_VALUES or key.path[:2] == ("pacing", "*") or key.dotted in OF_OTHER_TARGETS
    if not is_example:
        assert value_at(load(on, tmp_path), key) == default


@pytest.mark.parametrize("key", [key for key in KEYS if key.secret], ids=lambda key: key.dotted)
def test_every_secret_s_variable_stands_in_the_example_and_on_the_page(key: Key) -> None:
    variable = "PLANSYNC_TOKEN_<NAME>" if key.path == ("tokens",) else "PLANSYNC_" + "__".join(key.path).upper()
    assert variable in EXAMPLE
    assert f"`{variable}`" in PAGE


@pytest.mark.parametrize("key", PLAIN_KEYS, ids=lambda key: key.dotted)
def test_every_key_is_explained_on_the_page(key: Key) -> None:
    shown = key.dotted.removeprefix("targets.*.").replace("pacing.*.", "pacing.")
    assert f"| `{shown}` |" in PAGE


def test_the_page_explains_no_key_that_does_not_exist() -> None:
    explained = re.findall(r"^\| `([a-z_.]+)` \|", PAGE.partition("## Every key")[2], re.MULTILINE)
    known = {key.dotted.removeprefix("targets.*.") for key in KEYS}
    assert [key for key in explained if key not in known] == []


def test_the_schema_is_the_model_s() -> None:
    shipped = (ROOT / "config/plansync.schema.json").read_text("utf-8")
    assert shipped == schema_text(), "run: python -m plansync.settings.schema > config/plansync.schema.json"


def test_the_schema_has_every_key_but_the_secrets() -> None:
    schema = json.loads(schema_text())
    tables: dict[str, type[BaseModel]] = {key.table.__name__: key.table for key in KEYS if key.table is not None}
    secret = {key.path[-1] for key in KEYS if key.secret}
    for name, table in tables.items():
        assert set(schema["$defs"][name]["properties"]) == set(table.model_fields) - secret
    assert set(schema["properties"]) == set(Settings.model_fields) - secret


def test_the_demo_s_configuration_is_the_embedded_tracker_with_default_limits(tmp_path: Path) -> None:
    settings = load((ROOT / "config/demo.toml").read_text("utf-8"), tmp_path)
    (target,) = settings.targets
    assert (target.source.kind, target.source.include, target.tracker.kind) == ("folder", ("plans/*.md",), "local")
    assert settings.limits == load("", tmp_path).limits
