"""Runs of every kind, and what goes wrong around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from plansync.core.scope import Glimpse
from tests.simulator.acts_in_plans import add_task
from tests.simulator.town import Idle, Town, copy_state, reconnect
from tests.simulator.trouble import AT_CHANGES, AT_CREATIONS, Killed
from tests.support.clocks import OtherClock

Act = Callable[[Town], None]
HOUR = timedelta(hours=1)


def run(town: Town) -> None:
    """Run once."""
    town.sync()


def run_as_daemon(town: Town) -> None:
    """Run as the schedule does."""
    town.sync(confirm_removals=True, trigger="schedule")


def run_one_plan(town: Town) -> None:
    """Run for one plan alone."""
    town.sync(plans=(town.path(),))


def run_for_an_event(town: Town) -> None:
    """Run as a webhook asks for it."""
    _, issue = town.choose(town.linked())
    town._doubt("home")
    try:
        town.last = town.world.look(issues={issue.number: Glimpse("ann")})
    except Killed:
        town.counts["killed"] += 1
    town.syncs += 1


def preview(town: Town) -> None:
    """Look at what a run would do: nothing may change by it."""
    files = {path: town.text(path) for path in town.paths()}
    issues = dict(town.issues())
    town.sync(dry_run=True)
    if files != {path: town.text(path) for path in town.paths()} or issues != dict(town.issues()):
        town.fail("a preview changed something")


def run_elsewhere(town: Town) -> None:
    """Run on another machine, which has a state database of its own."""
    town.sync("away")


def allow_removals(town: Town) -> None:
    """Run, with leave to remove what is gone."""
    town.sync(allow_removals=True)


def wait(town: Town) -> None:
    """Let some time pass."""
    town.world.clock.advance(timedelta(minutes=town.luck.choice((1, 9, 70, 1500))))


def misjudge_the_time(town: Town) -> None:
    """Set the first installation's clock wrong by an hour, or right again."""
    if town.name == "local":
        raise Idle  # the embedded tracker goes by the same clock
    right = town.trouble.clock
    now = town.world.clock.now() - right.now()
    off = town.choose([off for off in (-HOUR, 0 * HOUR, HOUR) if off != now])
    town.world.set_clock(OtherClock(right, off) if off else right)
    reconnect(town)


def lose_answer(town: Town) -> None:
    """Lose an answer after it took effect, and run."""
    _trouble(town, "answer lost")


def lose_request(town: Town) -> None:
    """Lose a request before it takes effect, and run."""
    _trouble(town, "request lost")


def refuse(town: Town) -> None:
    """Have a change refused, and run."""
    _trouble(town, "refused")


def die_before_change(town: Town) -> None:
    """Die right before a change, and leave it at that."""
    _trouble(town, "killed before a change")


def die_after_change(town: Town) -> None:
    """Die right after a change took effect."""
    _trouble(town, "killed after a change")


def die_before_save(town: Town) -> None:
    """Die right before a plan is written."""
    _trouble(town, "killed before a save")


def die_after_save(town: Town) -> None:
    """Die right after a plan was written."""
    _trouble(town, "killed after a save")


def _trouble(town: Town, what: str) -> None:
    town.trouble.order(what, town.luck.randrange(3) if what in AT_CHANGES else 0)
    _run_until_it_befell(town, what)


def _run_until_it_befell(town: Town, what: str) -> None:
    """Run; where nothing was to be done, the trouble passed by and was none."""
    town.trouble.befell.clear()
    town.sync()
    befell = what in town.trouble.befell
    town.trouble.orders.clear()
    if not befell:
        raise Idle


def lag(town: Town) -> None:
    """Write a task, lose the answer to its creation, and let the list lag behind: it may not be created again."""
    if town.name == "local":
        raise Idle
    add_task(town)
    town.trouble.befell.clear()
    town.trouble.order(AT_CREATIONS, 0)
    town.trouble.lag = timedelta(seconds=town.luck.choice((10, 480)))
    town.sync()
    town.sync()
    town.trouble.clear()
    if "listing lagged" not in town.trouble.befell:
        raise Idle


def go_silent(town: Town) -> None:
    """Let the tracker be silent, and run."""
    town.trouble.unreadable = 1
    town.sync()
    town.trouble.unreadable = 0


def save_meanwhile(town: Town) -> None:
    """Run, and have a person save the plan right before it is written."""

    def save(path: str) -> None:
        if path in town.human:
            town.save(path, town.text(path) + f"\nSaved meanwhile, {town.luck.randrange(99)}.\n")

    town.trouble.when_saving = save
    _run_until_it_befell(town, "saved meanwhile")


def lose_state(town: Town) -> None:
    """Delete the state database."""
    town.world.forget()
    reconnect(town)
    town.stale |= {"home", "away"}


def keep_state(town: Town) -> None:
    """Put a copy of the state database aside."""
    copy_state(town, "aside")


def restore_state(town: Town) -> None:
    """Bring an old state database back."""
    if not (town.root / ".plansync/kept.db").exists():
        raise Idle
    copy_state(town, "back")
    town.stale |= {"home", "away"}


RUNS: Mapping[str, Act] = {
    act.__name__: act
    for act in (run, run_as_daemon, run_one_plan, run_for_an_event, preview, run_elsewhere, allow_removals)
}  # fmt: skip
FAULTS: Mapping[str, Act] = {
    act.__name__: act
    for act in (
        lose_answer, lose_request, refuse, die_before_change, die_after_change, die_before_save, die_after_save, lag,
        go_silent, save_meanwhile, lose_state, keep_state, restore_state, wait, misjudge_the_time,
    )
}  # fmt: skip
