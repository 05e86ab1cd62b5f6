"""When the loop runs: on news, in time, later after failures, not at all after a stop; the clock is a number."""

from datetime import datetime, timedelta

import pytest

from dbt_model_risk.watch.loop import FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS, LOCK_SECONDS, Run, watch


class FakeClock:
    """A clock that moves only by waiting; at a given second somebody asks to stop."""

    def __init__(self, stop_at=float("inf")):
        self.time, self.stop_at, self.waits = 0.0, stop_at, []

    @property
    def is_stopped(self):
        return self.time >= self.stop_at

    def stop(self):
        self.stop_at = self.time

    def wait(self, seconds):
        self.waits.append(seconds)
        self.time = min(self.time + seconds, max(self.stop_at, self.time))

    def now(self):
        return datetime(2025, 6, 30) + timedelta(seconds=self.time)

    def seconds(self):
        return self.time


class FakeNews:
    """Arrivals at given seconds."""

    def __init__(self, clock, arrivals=()):
        self.clock, self.arrivals, self.known, self.seen = clock, arrivals, 0, 0

    def arrived(self):
        return sum(second <= self.clock.time for second in self.arrivals)

    def remember(self):
        self.known = self.seen = self.arrived()

    def look(self):
        before, self.seen = self.seen, self.arrived()
        return self.seen > self.known, self.seen == before


class Desk:
    """A loop whose runs take a second and end as told, and what it said."""

    def __init__(self, results=(), arrivals=(), stop_at=float("inf"), takes=1.0):
        self.clock = FakeClock(stop_at)
        self.news = FakeNews(self.clock, arrivals)
        self.results, self.takes = list(results), takes
        self.started, self.said = [], []

    def run(self, moment):
        self.started.append(self.clock.time)
        result = self.results.pop(0) if self.results else Run(summary="nothing new")
        if not result.is_locked:
            self.clock.time += self.takes
        return result

    def watch(self, **options):
        given = {"every": 300, "poll": 1, "max_runs": None} | options
        return watch(self.run, news=self.news, clock=self.clock, say=self.said.append, **given)


def test_without_news_it_runs_as_often_as_asked():
    desk = Desk()
    assert desk.watch(every=60, max_runs=4)
    assert desk.started == [0, 60, 120, 180]


def test_a_run_longer_than_the_interval_is_followed_by_the_next_one():
    desk = Desk(takes=100.0)
    desk.watch(every=60, max_runs=3)
    assert desk.started == [0, 100, 200]


def test_a_file_starts_one_run_and_no_second_one():
    desk = Desk(arrivals=[10.5], stop_at=250)
    desk.watch()
    # Seen at 11, come to rest at 12.
    assert desk.started == [0, 12]


def test_many_files_at_once_are_one_run():
    desk = Desk(arrivals=[10.1, 10.2, 10.9, 11.5, 12.5], stop_at=250)
    desk.watch()
    assert desk.started == [0, 14]


def test_a_folder_that_never_rests_is_not_waited_for_without_end():
    desk = Desk(arrivals=[10 + 0.5 * step for step in range(60)], stop_at=60)
    desk.watch()
    assert desk.started[1] == 19


def test_what_arrives_during_a_run_is_news_after_it():
    desk = Desk(arrivals=[0.5], stop_at=100)
    desk.watch()
    assert desk.started == [0, 3]


def test_without_looking_only_the_interval_counts():
    desk = Desk(arrivals=[10.5])
    desk.watch(every=60, poll=0, max_runs=2)
    assert desk.started == [0, 60]
    assert "next at 00:01:00" in desk.said[0]


def test_it_survives_a_failed_run_says_which_node_and_tries_again():
    desk = Desk([Run(failures=("met_live_drift: no such column",)), Run(summary="5 new rows")])
    assert desk.watch(max_runs=2)
    assert desk.started == [0, 1 + FIRST_RETRY_SECONDS]
    assert "run 1: FAILED (1)" in desk.said[0]
    assert desk.said[1] == "    met_live_drift: no such column"
    assert "run 2: 5 new rows" in desk.said[2]


def test_it_backs_off_twice_as_long_each_time_up_to_a_cap_and_news_do_not_shorten_it():
    desk = Desk([Run(failures=("broken",))] * 12, arrivals=range(10_000), takes=0.0)
    assert not desk.watch(max_runs=12)
    pauses = [later - earlier for earlier, later in zip(desk.started, desk.started[1:], strict=False)]
    assert pauses[:4] == [FIRST_RETRY_SECONDS * 2**power for power in range(4)]
    assert pauses[-1] == LAST_RETRY_SECONDS


def test_a_success_forgets_the_failures_before_it():
    broken, well = Run(failures=("broken",)), Run(summary="well")
    desk = Desk([broken, broken, well, broken, well], takes=0.0)
    desk.watch(every=100, max_runs=5)
    assert desk.started == [0, 5, 15, 115, 120]


def test_a_locked_database_is_waited_for_and_said_once():
    desk = Desk([Run(failures=("held by 42",), is_locked=True)] * 3)
    assert desk.watch(max_runs=1)
    assert desk.started == [LOCK_SECONDS * step for step in range(4)]
    assert [line for line in desk.said if "held by 42" in line] == ["2025-06-30 00:00:00  waiting: held by 42"]
    assert "run 1: nothing new" in desk.said[-1]


@pytest.mark.parametrize("result", [Run(summary="well"), Run(failures=("broken",)), Run(is_locked=True)])
def test_a_stop_ends_every_kind_of_waiting(result):
    desk = Desk([result] * 100, stop_at=3.5)
    desk.watch()
    assert desk.clock.time == 3.5


def test_a_stop_during_a_run_lets_it_end_and_starts_no_other():
    desk = Desk(stop_at=0.5)
    desk.watch()
    assert desk.started == [0]
    assert "next" not in desk.said[0]


def test_it_never_waits_for_nothing():
    desk = Desk([Run(failures=("broken",)), Run(is_locked=True)], arrivals=[20, 21, 50], stop_at=1000)
    desk.watch(every=60)
    assert min(desk.clock.waits) > 0
