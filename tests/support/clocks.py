"""A clock that stands still until it is told to go on."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class FakeClock:
    """A clock for tests; sleeping passes its time at once, and ``slept`` remembers how long."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self.slept: list[timedelta] = []

    def now(self) -> datetime:
        return self._now

    def sleep(self, span: timedelta) -> None:
        self.slept.append(span)
        self._now += span

    def advance(self, span: timedelta = timedelta(seconds=1)) -> datetime:
        """Let ``span`` pass and return the time then."""
        self._now += span
        return self._now


class TickingClock(FakeClock):
    """A clock on which a hundredth of a second passes whenever somebody looks."""

    def now(self) -> datetime:
        return self.advance(timedelta(milliseconds=10))


class OtherClock(FakeClock):
    """The clock of a machine that is ``off`` by so much from ``clock``, which tells the right time."""

    def __init__(self, clock: FakeClock, off: timedelta) -> None:
        super().__init__()
        self._clock, self._off = clock, off

    def now(self) -> datetime:
        return self._clock.now() + self._off

    def sleep(self, span: timedelta) -> None:
        self._clock.sleep(span)

    def advance(self, span: timedelta = timedelta(seconds=1)) -> datetime:
        return self._clock.advance(span) + self._off
