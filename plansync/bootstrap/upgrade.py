"""The state database brought to the newest revision when people ask for it; on PostgreSQL nothing else changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plansync.settings import Settings
    from plansync.store.open import Upgrade


def upgrade_state(settings: Settings) -> Upgrade:
    """Make or upgrade the state database that ``settings`` name; raises ``StoreError``.

    May be run twice, and by several at once. On PostgreSQL this includes the tables by which workers are woken.
    """
    from plansync.bootstrap.crew import is_shared
    from plansync.settings.plain import state_file, state_url
    from plansync.store.open import upgrade

    file = state_file(settings)
    if file is not None and file.is_relative_to(settings.place.state):
        settings.place.make_state_folder()
    done = upgrade(state_url(settings))
    if is_shared(settings):
        from plansync.queue.knocks_schema import install
        from plansync.store.postgres import connection_words

        install(connection_words(state_url(settings)))
    return done
