"""The service, wired from settings, in this process: its clock, a reload, its parts, and its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.app.request import Silent
from plansync.app.worker import Over
from plansync.bootstrap.service import Service, ServiceClock, open_service
from plansync.errors import ConfigError, Interrupted, ListenError
from plansync.ports.queue import Taken
from plansync.settings import Settings, load_settings

PLAN = "# Small\n\n**Status**: Planned\n\n## Implementation Phases\n\n### Phase 1: Base\n\n- [ ] Make the table\n"
TABLES = '[schedule]\ninterval = "1h"\n'
DEADLINE = 60.0


@dataclass
class Ears:
    """Hears of syncs."""

    heard: list[Over] = field(default_factory=list)

    def begun(self, taken: Taken) -> None:
        """Ignore it."""

    def over(self, sync: Over) -> None:
        self.heard.append(sync)

    def names(self) -> list[tuple[str, str]]:
        return sorted((sync.taken.target, ", ".join(sync.taken.triggers)) for sync in tuple(self.heard))


@dataclass
class Part:
    """Something that lives as long as the service does, and says what it was told."""

    told: list[str] = field(default_factory=list)
    fault: Exception | None = None

    def start(self) -> None:
        if self.fault is not None:
            raise self.fault
        self.told.append("start")

    def reload(self, settings: Settings) -> None:
        self.told.append(f"reload {len(settings.targets)}")

    def stop(self) -> None:
        self.told.append("stop")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("web", "core"):
        (tmp_path / name / "plans").mkdir(parents=True)
        (tmp_path / name / "plans/plan.md").write_text(PLAN.replace("Small", name))
    configure(tmp_path, "web")
    return tmp_path


def configure(folder: Path, *names: str, tables: str = TABLES) -> None:
    targets = "".join(f'[[targets]]\nname = "{name}"\nsource = {{ path = "{name}" }}\n' for name in names)
    (folder / "plansync.toml").write_text(targets + tables)


def settings(folder: Path) -> Settings:
    return load_settings(working=folder, environ={})


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def service(folder: Path, ears: Ears) -> Iterator[Service]:
    made = open_service(settings(folder), ears, listener=Silent())
    yield made
    made.stop()


def until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not is_so():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def is_linked(folder: Path, name: str) -> bool:
    return "](http://127.0.0.1:8484/issues/" in (folder / name / "plans/plan.md").read_text()


def test_everything_is_synced_once_at_the_start(folder: Path, service: Service, ears: Ears) -> None:
    service.start()
    until(lambda: ears.heard)
    assert service.stop()
    assert ears.names() == [("web", "start")]
    assert is_linked(folder, "web")
    assert not is_linked(folder, "core")


def test_a_reload_brings_a_target_and_takes_another_away(folder: Path, service: Service, ears: Ears) -> None:
    part = Part()
    service.parts.append(part)
    service.start()
    until(lambda: ears.heard)
    configure(folder, "core")
    service.reload(settings(folder))
    until(lambda: len(ears.heard) == 2)
    assert service.stop()
    assert ears.names() == [("core", "reload"), ("web", "start")]
    assert part.told == ["start", "reload 1", "stop"]


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ('[state]\nurl = "sqlite:///other.db"\n', "state.url"),
        ('[schedule]\ncron = "61 * * * *"\n', "schedule.cron"),
        ('[[targets]]\nname = "twin"\nsource = { path = "web" }\n', "stands in two targets"),
    ],
)
def test_a_reload_that_cannot_be_changes_nothing(folder: Path, service: Service, tables: str, told: str) -> None:
    service.start()
    before = service.plant.settings
    configure(folder, "web", tables=tables)
    with pytest.raises(ConfigError, match=told):
        service.reload(settings(folder))
    assert service.plant.settings is before


def test_a_part_that_cannot_start_lets_nothing_start(service: Service) -> None:
    service.parts.append(Part(fault=ListenError("cannot listen on 127.0.0.1 port 1")))
    with pytest.raises(ListenError):
        service.start()
    assert service.pool.living == 0


def test_a_target_of_yesterday_is_not_wired(service: Service) -> None:
    with service.plant.open("gone") as workshop:
        assert workshop is None


def test_targets_that_share_a_project_are_wired_together_and_afresh_each_time(folder: Path, service: Service) -> None:
    configure(folder, "web", "core")
    service.plant.settings = settings(folder)
    with service.plant.open("web") as first, service.plant.open("web") as second:
        assert first is not None
        assert second is not None
        assert [target.name for target in first.targets] == ["web", "core"]
        assert first.targets[0].tracker is not second.targets[0].tracker
        assert first.store is second.store


def test_a_long_sleep_ends_when_the_process_is_to_end_and_a_short_one_is_slept() -> None:
    ending = threading.Event()
    clock = ServiceClock(ending)
    ending.set()
    clock.sleep(timedelta(milliseconds=1))
    begun = time.monotonic()
    with pytest.raises(Interrupted):
        clock.sleep(timedelta(hours=1))
    assert time.monotonic() - begun < DEADLINE
