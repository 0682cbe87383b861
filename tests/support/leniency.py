"""Switches of the test servers that are ordered from outside, so that a test can be shown to need what they turn off.

The environment's ``PLANSYNC_TESTS_LENIENT`` holds words such as ``github:labels-dropped``, for all tests, or
``github:labels-dropped@tests/laws/test_hosts_ways.py::test_one``, for one. Whatever makes a server asks here.
"""

from __future__ import annotations

import os

VARIABLE = "PLANSYNC_TESTS_LENIENT"


def ordered(host: str) -> frozenset[str]:
    """Return the switches of ``host`` (``github``, ``gitlab``) that the test which runs now shall have on."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
    found = set()
    for word in os.environ.get(VARIABLE, "").split():
        switch, _, only = word.partition("@")
        kind, _, name = switch.partition(":")
        if kind == host and only in {"", test}:
            found.add(name)
    return frozenset(found)
