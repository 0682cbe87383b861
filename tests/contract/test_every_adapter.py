"""No adapter without its laws: whatever tracker or source there is has a contract class, trackers a world as well.

Adapters are not listed here but found: the kinds that a target may name, and the packages in which something implements
the port. A package whose tracker others build on and hand out is a part of theirs.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection
from pathlib import Path
from typing import get_args

import pytest

from plansync import sources, trackers
from plansync.ports.source import Source
from plansync.ports.tracker import Tracker
from plansync.settings.targets import SourceSettings, TrackerSettings
from plansync.sources.hosted.desk import Desk
from tests.contract.test_source import SourceLaws
from tests.contract.test_tracker import TrackerLaws
from tests.laws.conftest import WORLDS, world_named
from tests.support.adapters import adapters_in, below

Laws = type[TrackerLaws | SourceLaws]
MADE_UP = '''
class JiraTracker:
    """A tracker that nobody wrote a test for."""

    capabilities = address = traffic = None

    def observe(self, asked): ...
    def apply(self, change): ...
    def events(self, number, since): ...
    def relations(self, kind, number): ...
    def existing_users(self, names): ...
'''


def kinds(table: type[TrackerSettings | SourceSettings] = TrackerSettings) -> frozenset[str]:
    """Return the trackers, or sources, that a target may name."""
    return frozenset(get_args(table.model_fields["kind"].annotation))


def contracts(laws: Laws = TrackerLaws) -> frozenset[str]:
    """Return the kinds of trackers, or sources, that have a contract class in this folder."""
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        importlib.import_module(f"tests.contract.{file.stem}")
    found = [law for law in below(laws) if law.__module__.startswith("tests.contract.")]
    return frozenset(str(vars(law)["kind"]) for law in found if "kind" in vars(law))


def worlds(root: Path) -> frozenset[str]:
    """Return the kinds of trackers that the worlds of the laws are on."""
    found = set()
    for name in WORLDS:
        (root / name).mkdir()
        with world_named(name, root / name) as world:
            found.add(world.tracker.address.kind)
    return frozenset(found)


def lawless(adapters: Collection[str], with_contract: Collection[str], with_world: Collection[str]) -> list[str]:
    """Return what is missing."""
    return [
        *(f"{name}: no subclass of TrackerLaws in tests/contract" for name in sorted({*adapters} - {*with_contract})),
        *(f"{name}: no world in tests/laws/conftest.py" for name in sorted({*adapters} - {*with_world})),
    ]


def test_every_kind_that_a_target_may_name_is_an_adapter_and_every_adapter_may_be_named() -> None:
    assert adapters_in(trackers, Tracker) == kinds()


def test_every_adapter_has_a_contract_class_and_a_world(tmp_path: Path) -> None:
    assert lawless(adapters_in(trackers, Tracker) | kinds(), contracts(), worlds(tmp_path)) == []


def test_an_adapter_without_tests_is_found_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "trackers_of_others" / "jira"
    package.mkdir(parents=True)
    for folder in (package, package.parent):
        (folder / "__init__.py").write_text("")
    (package / "tracker.py").write_text(MADE_UP)
    monkeypatch.syspath_prepend(tmp_path)
    found = adapters_in(importlib.import_module("trackers_of_others"), Tracker)
    assert found == {"jira"}
    assert lawless(found, contracts(), ["github"]) == [
        "jira: no subclass of TrackerLaws in tests/contract",
        "jira: no world in tests/laws/conftest.py",
    ]


def test_what_two_adapters_share_is_no_adapter() -> None:
    assert "hosted" in {child.name for child in pkgutil.iter_modules(trackers.__path__)}
    assert "hosted" not in adapters_in(trackers, Tracker)


def test_every_kind_of_source_that_a_target_may_name_is_an_adapter_and_has_a_contract_class() -> None:
    assert adapters_in(sources, Source, Desk) == kinds(SourceSettings)
    assert contracts(SourceLaws) == kinds(SourceSettings)
