"""What Prometheus is told of the queue, of the targets, and of the accounts at the hosts, looked up when it asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from plansync.app.request import Workshop
from plansync.core.pace import HOUR, Sending
from plansync.errors import StoreError
from plansync.ports.queue import Overview
from plansync.web.parts import Parts


class Gauges(Collector):
    """Looks up what can be looked up; where the store cannot be read, only that is told."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def describe(self) -> list[Metric]:
        """Say nothing beforehand, so that nothing is looked up before somebody asks."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield what is so now."""
        try:
            found = list(self._found(self._parts.clock.now()))
        except StoreError:
            yield _one("store_up", "Whether the state database answers", 0)
            return
        yield _one("store_up", "Whether the state database answers", 1)
        yield from found

    def _found(self, now: datetime) -> Iterator[Metric]:
        overview, workshop = self._parts.queue.overview(), self._parts.workshop()
        yield _one("queue_waiting", "Syncs that wait", len(overview.waiting))
        yield _one("queue_running", "Syncs that run", len(overview.running))
        oldest = min((wish.first_at for wish in overview.waiting), default=now)
        yield _one("queue_oldest_waiting_seconds", "Age of the oldest wish that waits", (now - oldest).total_seconds())
        if (workers := self._parts.workers()) is not None:
            yield _one("workers", "Workers of this process that live", workers)
        yield from _targets(self._parts.names(), overview, now)
        yield from _accounts(workshop, now)


def _targets(names: Iterable[str], overview: Overview, now: datetime) -> Iterator[Metric]:
    age = _family("last_success_age_seconds", "Time since the last sync that went well", "target")
    failing = _family("target_failing", "Whether the last sync failed", "target")
    for name in names:
        fortune = overview.fortunes.get(name)
        if fortune is not None and fortune.success_at is not None:
            age.add_metric([name], (now - fortune.success_at).total_seconds())
        failing.add_metric([name], float(fortune is not None and fortune.failing_since is not None))
    yield age
    yield failing


def _accounts(workshop: Workshop, now: datetime) -> Iterator[Metric]:
    """Yield what each account sent within the last hour, and how much it may still open, as far as that is known."""
    sent = _family("account_sent_hour", "Requests that count, within the last hour", "account", "kind")
    left = _family("account_creations_left", "How much may still be opened within the hour", "account")
    waits = _family("account_paused_seconds", "How long the host wants to be left alone", "account")
    accounts = {t.tracker.capabilities.account: t.tracker.capabilities.manners for t in workshop.targets}
    for account, manners in sorted(accounts.items(), key=lambda pair: pair[0]):
        if not account:
            continue
        kinds = [entry.kind for entry in workshop.store.pacing.recent(account, now) if entry.at > now - HOUR]
        for kind in Sending:
            sent.add_metric([account, kind.value], kinds.count(kind))
        if manners.creations_per_hour is not None:
            left.add_metric([account], max(0, manners.creations_per_hour - kinds.count(Sending.CREATE)))
        pause = workshop.store.pacing.backing_off(account)
        waits.add_metric([account], 0 if pause is None else max(0.0, (pause[0] - now).total_seconds()))
    yield from (sent, left, waits)


def _family(name: str, words: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"plansync_{name}", words, labels=labels)


def _one(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"plansync_{name}", words, value=value)
