"""What a run says when messages follow it."""

from datetime import datetime

import pytest

from dbt_model_risk.watch.loop import Run
from dbt_model_risk.watch.notifying import notifying

MOMENT = datetime(2025, 6, 30)


def test_a_run_that_went_well_is_followed_by_messages():
    done = notifying(lambda moment: Run(summary="5 new rows"), lambda: "2 messages sent")(MOMENT)
    assert done == Run(summary="5 new rows, 2 messages sent")


@pytest.mark.parametrize("run", [Run(failures=("broken",)), Run(is_locked=True)])
def test_no_messages_after_a_run_that_failed(run):
    assert notifying(lambda moment: run, lambda: pytest.fail("sent"))(MOMENT) == run


def test_a_channel_that_fails_does_not_fail_the_run():
    def send():
        raise OSError("no route to host\nand more")

    done = notifying(lambda moment: Run(summary="5 new rows"), send)(MOMENT)
    assert done == Run(summary="5 new rows, NOT notified (no route to host)")
