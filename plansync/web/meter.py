"""What Prometheus is told: counters of this process, and what queue and store say at the moment of asking.

Labels are names of targets and hosts, kinds and outcomes: a bounded number, and nothing that anybody wrote into an
issue.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.registry import Collector

from plansync.app.report import TargetReport

_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)


class Heard(StrEnum):
    """What became of a delivery."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    UNINTERESTING = "uninteresting"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"


class Meter:
    """Counts what this process did, as the :class:`~plansync.app.witness.Witness` of its syncs; for any thread."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._watching: Collector | None = None
        self._syncs = self._counter("syncs", "Syncs that ended", "target", "outcome")
        self._changes = self._counter("changes", "Changes at the tracker", "target", "kind", "outcome")
        self._requests = self._counter("requests", "Requests sent to trackers", "target")
        self._writes = self._counter("writes", "Requests sent to trackers that write", "target")
        self._deliveries = self._counter("deliveries", "Webhook deliveries", "host", "outcome")
        self._took = Histogram(
            "plansync_sync_seconds", "How long syncs took", ["target"], buckets=_SECONDS, registry=self._registry
        )

    def synced(self, report: TargetReport, took: timedelta) -> None:
        name = report.name
        self._syncs.labels(name, "failed" if report.failed else "ok").inc()
        self._took.labels(name).observe(took.total_seconds())
        self._requests.labels(name).inc(report.requests)
        self._writes.labels(name).inc(report.writes)
        for change in report.changes:
            self._changes.labels(name, change.kind, change.outcome).inc()

    def heard(self, host: str, what: Heard) -> None:
        """Count one delivery."""
        self._deliveries.labels(host, what.value).inc()

    def watch(self, collector: Collector) -> None:
        """Let ``collector``, and none that did so before it, add what it finds whenever somebody asks."""
        if self._watching is not None:
            self._registry.unregister(self._watching)
        self._registry.register(collector)
        self._watching = collector

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"plansync_{name}", words, labels, registry=self._registry)
