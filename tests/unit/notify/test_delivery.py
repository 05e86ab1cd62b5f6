"""Who gets which message how often, with services that work, fail or break off."""

import pytest
from outbox_cases import ALERT, deliveries, outbox

from dbt_model_risk.notify import message
from dbt_model_risk.notify.delivery import deliver
from dbt_model_risk.notify.warehouse import opened


class Killed(BaseException):
    """Stands for the end of the process."""


class Service:
    def __init__(self, name, *answers):
        self.name, self.answers, self.got = name, list(answers), []

    def send(self, *, title, body, kind):
        self.got.append((title, body, kind))
        answer = self.answers.pop(0) if self.answers else None
        if answer is Killed:
            raise Killed
        return answer


class Routes:
    def __init__(self, **routes):
        self.routes = routes

    def targets(self, route_id):
        return {service.name: service for service in self.routes.get(route_id, [])}


def run(path, channels, attempts=3):
    with opened(path) as connection:
        return deliver(connection, channels, attempts=attempts)


def test_each_alert_goes_once_to_each_service_of_its_route(tmp_path):
    path = outbox(
        tmp_path / "bank.duckdb",
        {},
        {"alert_id": "a2", "sequence": 2, "route_id": "desk", "evaluated_at": "2025-06-30 11:00:00"},
        {"alert_id": "a3", "alert_key": "waived", "is_silent": True},
    )
    mail, chat, desk = Service("mail"), Service("chat"), Service("desk")
    channels = Routes(default=[mail, chat], desk=[desk])
    assert run(path, channels).sent == 3
    assert run(path, channels).sent == 0
    assert [len(service.got) for service in (mail, chat, desk)] == [1, 1, 1]
    assert sorted(set(deliveries(path, "alert_id"))) == ["a1", "a2"]


def test_a_service_that_fails_stops_no_other_and_is_tried_again_up_to_a_limit(tmp_path):
    path = outbox(tmp_path / "bank.duckdb", {}, {"alert_id": "a2", "route_id": "desk", "alert_key": "other"})
    mail, chat, desk = Service("mail", *["down"] * 9), Service("chat"), Service("desk", "busy")
    channels = Routes(default=[mail, chat], desk=[desk])
    reports = [run(path, channels, attempts=3) for _ in range(5)]
    assert [report.sent for report in reports] == [1, 1, 0, 0, 0]
    assert [len(service.got) for service in (mail, chat, desk)] == [3, 1, 2]
    assert all(any("down" in problem for problem in report.problems) for report in reports)
    assert "given up after 3 attempts" in reports[4].problems[0]


def test_a_message_that_broke_off_is_sent_once_more_and_says_so(tmp_path):
    path = outbox(tmp_path / "bank.duckdb", {})
    mail = Service("mail", Killed)
    with pytest.raises(Killed):
        run(path, Routes(default=[mail]))
    assert run(path, Routes(default=[mail])).sent == 1
    assert run(path, Routes(default=[mail])).sent == 0
    assert [body.startswith(message.REPEAT_NOTICE) for _, body, _ in mail.got] == [False, True]
    assert deliveries(path, "state, is_possible_repeat") == [
        ("queued", False),
        ("sending", False),
        ("sending", True),
        ("sent", True),
    ]


def test_what_broke_off_twice_is_unknown_and_never_sent_again(tmp_path):
    path = outbox(tmp_path / "bank.duckdb", {})
    mail = Service("mail", Killed, Killed)
    for _ in range(2):
        with pytest.raises(Killed):
            run(path, Routes(default=[mail]))
    report = run(path, Routes(default=[mail]))
    assert "unknown" in report.problems[0]
    assert run(path, Routes(default=[mail])).problems == []
    assert len(mail.got) == 2
    assert deliveries(path)[-1] == "unknown"


def test_a_repeat_that_fails_and_then_breaks_off_is_not_sent_a_third_time(tmp_path):
    """Two messages may have arrived: the first, and the third, which broke off too."""
    path = outbox(tmp_path / "bank.duckdb", {})
    mail = Service("mail", Killed, "down", Killed)
    for is_killed in (True, False, True):
        if is_killed:
            with pytest.raises(Killed):
                run(path, Routes(default=[mail]))
        else:
            assert "down" in run(path, Routes(default=[mail])).problems[0]
    assert "unknown" in run(path, Routes(default=[mail])).problems[0]
    assert len(mail.got) == 3


def test_a_break_before_the_second_service_leaves_the_second_to_be_sent(tmp_path):
    path = outbox(tmp_path / "bank.duckdb", {})
    mail, chat = Service("mail", Killed), Service("chat")
    with pytest.raises(Killed):
        run(path, Routes(default=[mail, chat]))
    assert run(path, Routes(default=[mail, chat])).sent == 2
    assert not chat.got[0][1].startswith(message.REPEAT_NOTICE)


def test_a_route_without_a_service_is_named_and_sent_once_it_has_one(tmp_path):
    path = outbox(tmp_path / "bank.duckdb", {})
    assert run(path, Routes()).problems == ["1 on the route default: no service has that tag"]
    assert run(path, Routes(default=[Service("mail")])).sent == 1


def test_a_service_that_left_the_configuration_is_given_up(tmp_path):
    path = outbox(tmp_path / "bank.duckdb", {})
    run(path, Routes(default=[Service("mail", "down")]))
    report = run(path, Routes(default=[Service("chat")]))
    assert "left the configuration" in report.problems[0]
    assert run(path, Routes(default=[Service("chat")])).problems == []


def test_a_message_says_what_changed_since_when_for_whom_and_what_to_do(tmp_path):
    path = outbox(tmp_path / "bank.duckdb", {"previous_status": "amber", "event": "escalated"})
    mail = Service("mail")
    run(path, Routes(default=[mail]))
    ((title, body, kind),) = mail.got
    assert title == "RED escalated: Feature drift on churn 1.0 (wealth)"
    assert kind == "failure"
    for part in ("amber -> red", "since 2025-06-30 10:00 UTC", "1.1778 and 0.25 psi", "I. Ivy", "Repair the feed"):
        assert part in body
    assert "metrics.met_drift|psi|income" in body
    assert "/ north (" in message.title({**ALERT, "segment_key": "region", "segment_value": "north"})
