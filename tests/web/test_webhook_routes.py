"""What a delivery is answered, and what becomes of it."""

import asyncio

import pytest
from prometheus_client.parser import text_string_to_metric_families

from plansync.core.scope import Scope
from plansync.errors import StoreLocked
from plansync.ports.queue import Ask, Letter
from plansync.web.mill import BATCH, Mill
from tests.support.web_client import Client
from tests.support.web_world import GOOD, WebWorld

HOOK = "/webhooks/github"


def deliveries(web: WebWorld) -> dict[str, float]:
    families = text_string_to_metric_families(web.meter.text().decode())
    samples = (sample for family in families for sample in family.samples)
    return {s.labels["outcome"]: s.value for s in samples if s.name == "plansync_deliveries_total"}


def test_a_delivery_is_stored_before_it_is_answered_and_wakes_the_workers(client: Client, web: WebWorld) -> None:
    answer = client.post(HOOK, json={"id": 1, "plans": ["plans/plan.md"]}, headers=GOOD)
    assert (answer.status_code, answer.text) == (202, "accepted\n")
    assert web.waiting() == {"web": frozenset({"plans/plan.md"})}
    assert web.rings == 1


def test_a_replay_is_answered_alike_and_asks_for_nothing(client: Client, web: WebWorld) -> None:
    for _ in range(3):
        assert client.post(HOOK, json={"id": 1, "plans": ["a.md"]}, headers=GOOD).status_code == 202
    assert web.rings == 1
    assert deliveries(web) == {"accepted": 1, "repeated": 2}


def test_what_interests_nobody_is_202_and_not_stored(client: Client, web: WebWorld) -> None:
    assert client.post(HOOK, json={"zen": "x"}, headers=GOOD).status_code == 202
    assert (web.queue.batches, web.rings, deliveries(web)) == ([], 0, {"uninteresting": 1})


def test_what_the_door_refuses_is_answered_as_it_says_and_not_stored(client: Client, web: WebWorld) -> None:
    assert client.post(HOOK, json={"plans": ["a.md"]}).status_code == 401
    assert client.post(HOOK, content=b"{", headers=GOOD).status_code == 400
    assert web.waiting() == {}
    assert deliveries(web) == {"refused": 2}


def test_a_host_without_a_door_has_no_route(client: Client) -> None:
    assert client.post("/webhooks/gitlab", json={}).status_code == 404
    assert client.get(HOOK).status_code == 405


def test_where_nothing_can_be_stored_the_host_is_told_to_send_it_again(client: Client, web: WebWorld) -> None:
    web.queue.locked = True
    answer = client.post(HOOK, json={"id": 1, "plans": ["a.md"]}, headers=GOOD)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    web.queue.locked = False
    assert client.post(HOOK, json={"id": 1, "plans": ["a.md"]}, headers=GOOD).text == "accepted\n"


def test_a_body_as_large_as_may_be_is_read_and_one_byte_more_is_not(client: Client, web: WebWorld) -> None:
    size = web.bounds.body_bytes
    body = b'{"id": 1, "plans": ["a.md"]}'.ljust(size)
    assert client.post(HOOK, content=body, headers=GOOD).status_code == 202
    assert client.post(HOOK, content=body + b" ", headers=GOOD).status_code == 413


def letter(number: int) -> Letter:
    return Letter((Ask(target="web", trigger="webhook", scope=Scope(plans=frozenset({"a"}))),), f"x:{number}")


def test_what_comes_together_is_stored_together() -> None:
    batches: list[int] = []

    def store(letters: list[Letter]) -> list[bool]:
        batches.append(len(letters))
        return [True] * len(letters)

    async def burst() -> list[bool]:
        mill = Mill(store, room=2 * BATCH)  # type: ignore[arg-type]
        return await asyncio.gather(*(mill.accept(letter(number)) for number in range(BATCH + 20)))

    assert all(asyncio.run(burst()))
    assert batches == [BATCH, 20]


def test_a_letter_that_cannot_be_stored_at_all_holds_up_no_other() -> None:
    def store(letters: list[Letter]) -> list[bool]:
        if any(each.delivery == "x:1" for each in letters):
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
        return [True] * len(letters)

    async def burst() -> list[bool | BaseException]:
        mill = Mill(store, room=10)  # type: ignore[arg-type]
        return await asyncio.gather(*(mill.accept(letter(n)) for n in range(3)), return_exceptions=True)

    first, bad, last = asyncio.run(burst())
    assert (first, last) == (True, True)
    assert isinstance(bad, UnicodeEncodeError)


def test_no_more_deliveries_wait_than_there_is_room_for() -> None:
    async def burst() -> list[bool | BaseException]:
        mill = Mill(lambda letters: [True] * len(letters), room=2)
        return await asyncio.gather(*(mill.accept(letter(n)) for n in range(3)), return_exceptions=True)

    *stored, refused = asyncio.run(burst())
    assert stored == [True, True]
    with pytest.raises(StoreLocked):
        raise refused  # type: ignore[misc]
