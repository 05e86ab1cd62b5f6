"""When to run, again, later or not at all; what a run is and what news are comes from outside."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

__all__ = ["Clock", "News", "Run", "watch"]

FIRST_RETRY_SECONDS = 5.0
LAST_RETRY_SECONDS = 300.0
LOCK_SECONDS = 0.5
# A folder that keeps changing is waited for at most this many looks.
SETTLING_LOOKS = 10


@dataclass(frozen=True)
class Run:
    """What one run did.

    Parameters
    ----------
    failures
        One line per failed node, or what stopped the run as a whole; empty where all went well.
    summary
        What a run that went well says about itself.
    is_locked
        Whether somebody else held the database, so that nothing was run.
    """

    failures: tuple[str, ...] = ()
    summary: str = ""
    is_locked: bool = False


class News(Protocol):
    """What may have arrived."""

    def remember(self) -> None:
        """Take what is there now as known."""

    def look(self) -> tuple[bool, bool]:
        """Return whether anything is there that is not known, and whether it is as it was at the look before."""


class Clock:
    """Time, and waiting that ends at once when somebody asks to stop."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def stop(self) -> None:
        """End every waiting, now and later."""
        self._stop.set()

    @property
    def is_stopped(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stop.is_set()

    def wait(self, seconds: float) -> None:
        """Wait, or less where somebody asks to stop."""
        self._stop.wait(max(seconds, 0))

    def now(self) -> datetime:
        """Return the time in UTC, like the times in a log, without a zone."""
        return datetime.now(UTC).replace(tzinfo=None)

    def seconds(self) -> float:
        """Return seconds that never jump."""
        return time.monotonic()


def watch(
    run: Callable[[datetime], Run],
    *,
    news: News,
    clock: Clock,
    say: Callable[[str], None],
    every: float,
    poll: float,
    max_runs: int | None = None,
) -> bool:
    """Run now, then on every arrival and at least every so often, until asked to stop.

    Parameters
    ----------
    run
        Runs once for an instant. What arrives while it runs is news afterwards.
    every
        Seconds from the start of a run to the next one where nothing arrives.
    poll
        Seconds between two looks for news; 0 never looks.
    max_runs
        End after so many runs, failed ones included.

    Returns
    -------
    bool
        Whether the last run went well.
    """
    runs, misses, is_waiting = 0, 0, False
    while not clock.is_stopped:
        started, moment = clock.seconds(), clock.now()
        news.remember()
        done = run(moment)
        if done.is_locked:
            if not is_waiting:
                say(f"{stamp(moment)}  waiting: {'; '.join(done.failures) or 'somebody holds the database'}")
            is_waiting = True
            clock.wait(LOCK_SECONDS)
            continue
        is_waiting = False
        runs += 1
        misses = misses + 1 if done.failures else 0
        is_last = clock.is_stopped or runs == max_runs
        pause = retry_after(misses) if misses else every - (clock.seconds() - started)
        line = progress(runs, moment, done, clock.seconds() - started)
        say(line if is_last else f"{line}; {ahead(clock, pause, misses, poll)}")
        for failure in done.failures:
            say(f"    {failure}")
        if is_last:
            break
        if misses:
            clock.wait(pause)
        else:
            await_news(news, clock, until=clock.seconds() + pause, poll=poll)
    return misses == 0


def await_news(news: News, clock: Clock, *, until: float, poll: float) -> None:
    """Return when something has arrived and come to rest, at a time at the latest, or when asked to stop."""
    looks = 0
    while not clock.is_stopped and clock.seconds() < until:
        clock.wait(min(poll or float("inf"), until - clock.seconds()))
        if not poll or clock.is_stopped:
            continue
        has_arrived, is_at_rest = news.look()
        looks = looks + 1 if has_arrived else 0
        if has_arrived and (is_at_rest or looks >= SETTLING_LOOKS):
            return


def retry_after(misses: int) -> float:
    """Return the seconds to wait after so many failures in a row: twice as long each time, up to a cap."""
    return min(FIRST_RETRY_SECONDS * 2 ** min(misses - 1, 30), LAST_RETRY_SECONDS)


def progress(number: int, moment: datetime, done: Run, seconds: float) -> str:
    what = f"FAILED ({len(done.failures)})" if done.failures else done.summary
    return f"{stamp(moment)}  run {number}: {what}, {seconds:.1f} s"


def ahead(clock: Clock, pause: float, misses: int, poll: float) -> str:
    at = stamp(clock.now() + timedelta(seconds=max(pause, 0)))[11:]
    if misses:
        return f"failed {misses} in a row, again at {at}"
    return f"next on news, at {at} at the latest" if poll else f"next at {at}"


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")
