"""Who works on the queue in this process, and how they are woken: by a bell, or by knocks from any machine."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from plansync.errors import ConfigError
from plansync.queue.embedded import Bell, Crew, Pool
from plansync.settings.plain import state_url
from plansync.store.processes import is_dead

if TYPE_CHECKING:
    from plansync.app.worker import Worker
    from plansync.ports.clock import Clock
    from plansync.queue.knocks import Knocks
    from plansync.settings import Settings
    from plansync.store.open import SqlStore


def is_shared(settings: Settings) -> bool:
    """Say whether other machines may use the state database."""
    return state_url(settings).startswith("postgresql")


def check_shared(settings: Settings) -> None:
    """Raise ``ConfigError`` where only this machine can see what is to be done."""
    if not is_shared(settings):
        raise ConfigError(
            "plansync worker needs a state database that several machines share",
            hint="set PLANSYNC_STATE__URL to one on PostgreSQL; with a file, plansync daemon does the work itself",
        )


def ringer_of(settings: Settings, store: SqlStore, clock: Clock) -> Bell | Knocks:
    """Return what wakes workers; raises ``StoreError`` where the database has no place for it yet."""
    if not is_shared(settings):
        return Bell()
    from plansync.queue.knocks import Knocks
    from plansync.queue.knocks_schema import check
    from plansync.store.postgres import connection_words

    words = connection_words(state_url(settings))
    check(words)
    return Knocks(words, store.queue, clock, is_dead)


def crew_of(settings: Settings, worker: Worker, targets: Callable[[], Collection[str]], ringer: Bell | Knocks) -> Crew:
    """Return as many workers as ``daemon.workers`` says, for those ``targets`` that are configured when asked."""
    size = settings.daemon.workers
    if isinstance(ringer, Bell):
        return Pool(size, lambda: worker.take(targets()), worker.do, ringer)
    from plansync.queue.fleet import Fleet
    from plansync.store.postgres import connection_words

    words = connection_words(state_url(settings))
    return Fleet(size, words, lambda target: worker.take({target}.intersection(targets())), worker.do, ringer)
