"""A GitHub with an App on it; every request and answer must fit GitHub's description."""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.servers.github import GitHub, serve
from tests.servers.openapi import rest
from tests.support.clocks import FakeClock
from tests.unit.hosts.app_site import Site


@pytest.fixture
def site() -> Iterator[Site]:
    clock = FakeClock()
    github = GitHub(clock)
    with serve(github, rest().check) as server:
        yield Site(github, server, clock)


@pytest.fixture(scope="module")
def other_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
