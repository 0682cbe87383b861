"""What implements a port, found by looking through packages rather than by a list of ours."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import get_type_hints


def adapters_in(root: ModuleType, *ports: type) -> frozenset[str]:
    """Return the packages below ``root`` that implement one of ``ports``, but those whose work is another's part.

    Those are packages that others build on and hand out, and those that define a port.
    """
    children = [child.name for child in pkgutil.iter_modules(root.__path__)]
    makers: dict[str, frozenset[type]] = {child: frozenset(_makers(root, child, ports)) for child in children}
    homes = {_home(root, made): {name for name, found in makers.items() if made in found} for made in _all(makers)}
    shared = {home for home, users in homes.items() if users - {home}} | {_home(root, port) for port in ports}
    return frozenset(name for name in children if makers[name]) - shared


def below(law: type[object]) -> Iterator[type[object]]:
    """Yield all subclasses of a class."""
    for found in law.__subclasses__():
        yield found
        yield from below(found)


def _makers(root: ModuleType, child: str, ports: tuple[type, ...]) -> Iterator[type]:
    """Yield the classes that implement a port, of those which a package's modules define or return."""
    package = importlib.import_module(f"{root.__name__}.{child}")
    modules = pkgutil.walk_packages(getattr(package, "__path__", ()), f"{package.__name__}.")
    for module in (package, *(importlib.import_module(found.name) for found in modules)):
        for thing in vars(module).values():
            if getattr(thing, "__module__", "") == module.__name__:
                made = thing if inspect.isclass(thing) else _returned(thing)
                if inspect.isclass(made) and made not in ports and any(_implements(made, port) for port in ports):
                    yield made


def _implements(made: type, port: type) -> bool:
    return all(hasattr(made, name) for name in vars(port) if not name.startswith("_"))


def _returned(thing: object) -> object:
    return get_type_hints(thing).get("return") if inspect.isfunction(thing) else None


def _all(makers: Mapping[str, frozenset[type]]) -> frozenset[type]:
    return frozenset().union(*makers.values())


def _home(root: ModuleType, made: type) -> str:
    return made.__module__.removeprefix(f"{root.__name__}.").partition(".")[0]
