"""The command itself against a service on this machine, killed while it sends."""

import http.server
import json
import os
import signal
import subprocess
import sys
import threading

import duckdb
import pytest
from outbox_cases import ROOT, deliveries, outbox, project

from dbt_model_risk.notify.message import REPEAT_NOTICE

COMMAND = [sys.executable, "-c", "from dbt_model_risk.cli import main; main()", "notify"]


class Receiver(http.server.ThreadingHTTPServer):
    """A web service that keeps every message, and kills a sender in the moment it has its message."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.messages, self.doomed, self.answer = [], None, 200


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.messages.append(json.loads(text))
        if self.server.doomed:
            os.kill(self.server.doomed.pid, signal.SIGKILL)
            self.server.doomed.wait()
            return
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def bank(tmp_path, receiver):
    """A project with one alert, and the configuration of one service."""
    outbox(tmp_path / "bank.duckdb", {})
    address = f"json://watcher:open-sesame@127.0.0.1:{receiver.server_port}/hook/"
    (tmp_path / "notify.yml").write_text(json.dumps({"urls": [{address: [{"tag": "default"}]}]}))
    return project(tmp_path)


def started(folder, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "HOME": str(folder)}
    environment.pop("DBT_MODEL_RISK_NOTIFY", None)
    return subprocess.Popen(
        [*COMMAND, *arguments], cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def run(folder, *arguments):
    process = started(folder, *arguments)
    said, _ = process.communicate(timeout=120)
    assert "sesame" not in said
    return process.returncode, said


def run_killed(folder, receiver):
    receiver.doomed = started(folder, "--config", "notify.yml")
    receiver.doomed.communicate(timeout=120)
    assert receiver.doomed.returncode == -signal.SIGKILL
    receiver.doomed = None


def test_killed_between_send_and_record_it_repeats_once_and_says_so(bank, receiver):
    run_killed(bank, receiver)
    assert deliveries(bank / "bank.duckdb") == ["queued", "sending"]
    code, said = run(bank, "--config", "notify.yml")
    assert code == 0 and "perhaps for the second time" in said
    code, said = run(bank, "--config", "notify.yml")
    assert code == 0 and "0 messages sent" in said
    assert [REPEAT_NOTICE in message["message"] for message in receiver.messages] == [False, True]
    assert deliveries(bank / "bank.duckdb", "state, is_possible_repeat")[-1] == ("sent", True)


def test_killed_twice_it_gives_up_and_reports_that_it_does_not_know(bank, receiver):
    run_killed(bank, receiver)
    run_killed(bank, receiver)
    code, said = run(bank, "--config", "notify.yml")
    assert code == 1 and "unknown" in said
    code, _ = run(bank, "--config", "notify.yml")
    assert code == 0
    assert len(receiver.messages) == 2


def test_a_refused_message_is_named_without_the_secrets_of_its_address(bank, receiver):
    receiver.answer = 403
    code, said = run(bank, "--config", "notify.yml")
    assert code == 1
    assert "RED opened: Feature drift on churn 1.0 (wealth): failed" in said
    assert "sesame" not in str(deliveries(bank / "bank.duckdb", "target, error"))


def test_a_dry_run_shows_the_message_and_sends_nothing(bank, receiver):
    code, said = run(bank, "--dry-run")
    assert code == 0 and "Repair the feed" in said and "1 alerts would be sent" in said
    assert not receiver.messages and not deliveries(bank / "bank.duckdb")


def test_mistakes_are_named_with_what_to_do(bank, receiver):
    code, said = run(bank)
    assert code == 1 and "--config notify.yml" in said
    (bank / "broken.yml").write_text("urls:\n  - nonsense://open-sesame\n")
    code, said = run(bank, "--config", "broken.yml")
    assert code == 1 and "does not understand broken.yml" in said
    with duckdb.connect(bank / "bank.duckdb"):
        code, said = run(bank, "--config", "notify.yml")
    assert code == 1 and "Another process" in said and "--wait" in said
    (bank / "bank.duckdb").unlink()
    code, said = run(bank, "--config", "notify.yml")
    assert code == 1 and "dbt build" in said
    assert not receiver.messages
