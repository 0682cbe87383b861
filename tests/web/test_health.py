"""What who runs the service is told."""

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from plansync.app.report import ChangeReport, PlanReport, TargetReport
from plansync.ports.queue import Ask, Ending, Letter, Rhythm
from tests.support.web_client import Client
from tests.support.web_world import WebWorld

NOW = timedelta(0)


def metrics(client: Client) -> dict[tuple[str, ...], float]:
    """Return every value by its name and the values of its labels, in the order of the labels' names."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def run_once(web: WebWorld, ending: Ending) -> None:
    """Let the queue see one sync of the target."""
    queue, now = web.queue.real, web.world.clock.now()
    queue.accept([Letter((Ask(target="web", trigger="api"),))], Rhythm(), now)
    taken = queue.take(["web"], "host:1:1", timedelta(minutes=1), now)
    assert taken is not None
    queue.finish(taken, ending, now)


def test_the_process_lives_whatever_the_store_does(client: Client, web: WebWorld) -> None:
    web.queue.gone = True
    assert client.get("/healthz").json() == {"alive": True}


def test_it_is_ready_while_the_store_answers_and_tells_how_each_target_fares(client: Client, web: WebWorld) -> None:
    run_once(web, Ending(ok=True))
    web.world.clock.advance(timedelta(seconds=30))
    run_once(web, Ending(ok=False, error="the tracker is down"))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "store": "ok",
        "workers": None,
        "waiting": 0,
        "running": 0,
        "targets": {"web": {"success_age_seconds": 30.0, "failing": True}},
    }


def test_a_target_that_was_never_synced_has_no_age(client: Client) -> None:
    assert client.get("/readyz").json()["targets"] == {"web": {"success_age_seconds": None, "failing": False}}


def test_it_is_not_ready_without_the_store(client: Client, web: WebWorld) -> None:
    web.queue.gone = True
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"], answer.json()["store"]) == (503, False, "StoreLocked")


@pytest.mark.parametrize(("workers", "status"), [(0, 503), (2, 200), (None, 200)])
def test_it_is_not_ready_when_all_its_workers_are_dead(
    client: Client, web: WebWorld, workers: int | None, status: int
) -> None:
    web.workers = workers
    assert client.get("/readyz").status_code == status


def test_syncs_are_counted_by_how_they_ended(client: Client, web: WebWorld) -> None:
    made = ChangeReport(kind="create_issue", key="k", title="t", outcome="done")
    plan = PlanReport(path="a.md", changes=(made, made))
    web.meter.synced(
        TargetReport(name="web", tracker="local", project="p", plans=(plan,), requests=5, writes=2),
        timedelta(seconds=3),
    )
    web.meter.synced(TargetReport(name="web", tracker="local", project="p", errors=(("down", ""),)), NOW)
    found = metrics(client)
    assert found["plansync_syncs_total", "ok", "web"] == 1
    assert found["plansync_syncs_total", "failed", "web"] == 1
    assert found["plansync_changes_total", "create_issue", "done", "web"] == 2
    assert (found["plansync_requests_total", "web"], found["plansync_writes_total", "web"]) == (5, 2)
    assert (found["plansync_sync_seconds_count", "web"], found["plansync_sync_seconds_sum", "web"]) == (2, 3)


def test_queue_and_targets_are_looked_up_when_somebody_asks(client: Client, web: WebWorld) -> None:
    run_once(web, Ending(ok=True))
    web.queue.real.accept([Letter((Ask(target="web", trigger="api"),))], Rhythm(), web.world.clock.now())
    web.world.clock.advance(timedelta(seconds=42))
    web.workers = 4
    found = metrics(client)
    assert found["plansync_store_up",] == 1
    assert found["plansync_queue_waiting",] == 1
    assert found["plansync_queue_running",] == 0
    assert found["plansync_queue_oldest_waiting_seconds",] == 42
    assert found["plansync_last_success_age_seconds", "web"] == 42
    assert found["plansync_target_failing", "web"] == 0
    assert found["plansync_workers",] == 4


def test_metrics_say_when_the_store_does_not_answer(client: Client, web: WebWorld) -> None:
    web.queue.gone = True
    assert metrics(client) == {("plansync_store_up",): 0}
