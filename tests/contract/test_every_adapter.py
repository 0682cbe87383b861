"""No tracker without its laws: whatever adapter there is has a contract class, and a world in which the laws are acted.

Adapters are not listed here but found: the kinds that a target may name, and the packages of trackers in which
something implements the port. A package whose tracker others build on and hand out is a part of theirs.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Collection, Iterator
from pathlib import Path
from types import ModuleType
from typing import get_args, get_type_hints

import pytest

from plansync import trackers
from plansync.ports.tracker import Tracker
from plansync.settings.targets import TrackerSettings
from tests.contract.test_tracker import TrackerLaws
from tests.laws.conftest import WORLDS, world_named

PORT = frozenset(name for name in vars(Tracker) if not name.startswith("_"))
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


def kinds() -> frozenset[str]:
    """Return the trackers that a target may name."""
    return frozenset(get_args(TrackerSettings.model_fields["kind"].annotation))


def adapters_in(root: ModuleType) -> frozenset[str]:
    """Return the packages below ``root`` that have a tracker, but those whose tracker is another package's."""
    makers = {child.name: frozenset(_trackers(root, child.name)) for child in pkgutil.iter_modules(root.__path__)}
    homes = {_home(root, made): {name for name, found in makers.items() if made in found} for made in _all(makers)}
    shared = {home for home, users in homes.items() if users - {home}}
    return frozenset(name for name, found in makers.items() if found) - shared


def _trackers(root: ModuleType, child: str) -> Iterator[type]:
    """Yield the classes that implement the port, of those which a package's modules define or return."""
    package = importlib.import_module(f"{root.__name__}.{child}")
    below = pkgutil.walk_packages(getattr(package, "__path__", ()), f"{package.__name__}.")
    for module in (package, *(importlib.import_module(found.name) for found in below)):
        for thing in vars(module).values():
            if getattr(thing, "__module__", "") == module.__name__:
                made = thing if inspect.isclass(thing) else _returned(thing)
                if inspect.isclass(made) and all(hasattr(made, name) for name in PORT):
                    yield made


def _returned(thing: object) -> object:
    return get_type_hints(thing).get("return") if inspect.isfunction(thing) else None


def _all(makers: dict[str, frozenset[type]]) -> frozenset[type]:
    return frozenset().union(*makers.values())


def _home(root: ModuleType, made: type) -> str:
    return made.__module__.removeprefix(f"{root.__name__}.").partition(".")[0]


def contracts() -> frozenset[str]:
    """Return the kinds of trackers that have a contract class in this folder."""
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        importlib.import_module(f"tests.contract.{file.stem}")
    return frozenset(found.kind for found in _below(TrackerLaws) if found.__module__.startswith("tests.contract."))


def _below(law: type[TrackerLaws]) -> Iterator[type[TrackerLaws]]:
    for found in law.__subclasses__():
        yield found
        yield from _below(found)


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
    assert adapters_in(trackers) == kinds()


def test_every_adapter_has_a_contract_class_and_a_world(tmp_path: Path) -> None:
    assert lawless(adapters_in(trackers) | kinds(), contracts(), worlds(tmp_path)) == []


def test_an_adapter_without_tests_is_found_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "trackers_of_others" / "jira"
    package.mkdir(parents=True)
    for folder in (package, package.parent):
        (folder / "__init__.py").write_text("")
    (package / "tracker.py").write_text(MADE_UP)
    monkeypatch.syspath_prepend(tmp_path)
    found = adapters_in(importlib.import_module("trackers_of_others"))
    assert found == {"jira"}
    assert lawless(found, contracts(), ["github"]) == [
        "jira: no subclass of TrackerLaws in tests/contract",
        "jira: no world in tests/laws/conftest.py",
    ]


def test_what_two_adapters_share_is_no_adapter() -> None:
    assert "hosted" in {child.name for child in pkgutil.iter_modules(trackers.__path__)}
    assert "hosted" not in adapters_in(trackers)
