"""A gate fails the build of the sandbox that breaks it, on the day it does, and stops no report."""

import hashlib
import json
import shutil

import duckdb
import pytest
from built_marts import MARTS, fingerprints

DAY_AFTER = {"as_of_date": "2025-07-16"}


@pytest.fixture(scope="module")
def the_day_after(dbt, warehouse, tmp_path_factory):
    """The sample bank built again for the day after the waiver WVR-2025-001 expires."""
    path, _ = warehouse
    folder = tmp_path_factory.mktemp("the_day_after")
    shutil.copy(path, folder / "model_risk.duckdb")
    # Registers and logs are there, and their columns were tested: what is built is what the day changes, and its gates.
    unchanged = ["fqn:dbt_model_risk.sample_bank", "resource_type:seed", "resource_type:unit_test"]
    unchanged += [f"test_name:{name}" for name in ("unique", "not_null", "accepted_values")]
    result = dbt("build", "--select", "fqn:*", "--exclude", *unchanged, "--vars", json.dumps(DAY_AFTER), folder=folder)
    return folder, result


def statuses(result, *wanted):
    return sorted(item.node.name for item in result.result if item.status in wanted)


def rows(folder, query):
    with duckdb.connect(folder / "model_risk.duckdb", read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_an_expired_waiver_fails_its_gate_and_nothing_else(the_day_after):
    _, result = the_day_after
    assert not result.success
    assert statuses(result, "error", "fail") == ["policy_retail_banking__feature_drift"]


def test_every_mart_is_fresh_although_a_gate_failed(the_day_after):
    folder, result = the_day_after
    assert statuses(result, "skipped") == []
    dated = rows(
        folder,
        f"""
        select table_schema || '.' || table_name from information_schema.columns
        where column_name = 'as_of_date' and table_schema in {tuple(MARTS)}
        """,
    )
    assert len(dated) >= 14
    for (mart,) in dated:
        if mart == "wealth_management.fairness":
            # No log of the sandbox has groups, so that no row could say a day.
            continue
        assert rows(folder, f"select distinct cast(as_of_date as varchar) from {mart}") == [("2025-07-16",)], mart


def test_the_breach_names_policy_model_and_limit(the_day_after):
    folder, _ = the_day_after
    blocked = rows(
        folder,
        """
        select policy_id, model_id, model_version, explanation
        from policies.pol_evaluations where enforcement = 'block'
        """,
    )
    assert [row[:3] for row in blocked] == [("feature_drift", "retail_credit_pd", "2.0")]
    assert "debt_to_income" in blocked[0][3] and "red beyond 0.25" in blocked[0][3]
    breaches = rows(folder, "select policy_id, model_id from policy_breaches.policy_retail_banking__feature_drift")
    assert ("feature_drift", "retail_credit_pd") in breaches


def test_the_other_sandboxes_still_build(dbt, the_day_after):
    folder, _ = the_day_after
    others = [f"fqn:dbt_model_risk.marts.{sandbox}" for sandbox in MARTS if sandbox != "retail_banking"]
    result = dbt("test", "--select", *others, "--vars", json.dumps(DAY_AFTER), folder=folder)
    assert result.success, statuses(result, "error", "fail")


def test_the_end_of_a_build_says_what_is_red_and_who_owns_it(dbt, the_day_after, capfd):
    folder, _ = the_day_after
    dbt("--quiet", "run", "--select", "pol_evaluations", "--vars", json.dumps(DAY_AFTER), folder=folder)
    said = capfd.readouterr().out
    assert "BLOCKS  retail_banking / retail_credit_pd 2.0 / feature_drift (owner I. Ivy)" in said
    assert "1 of them blocks: this build fails" in said
    assert "WVR-2025-002 until 2025-08-29" in said


def test_a_second_run_adds_nothing_to_the_evidence(warehouse, the_day_after):
    """The later run adds what was loaded in between, and the earlier rows stand as they were."""
    path, _ = warehouse
    folder, _ = the_day_after
    with duckdb.connect(path, read_only=True) as connection:
        # Sums of features are doubles: a day that is counted anew may add them up in another order.
        for table, sums in {"evd_feature_bins": "value_sum, value_square_sum", "evd_score_outcomes": ""}.items():
            kept = f"e.* exclude ({sums})" if sums else "e.*"
            query = f"""
                select count(*), sum(hash(kept))
                from (select {kept} from evidence.{table} as e where known_date <= date '2025-06-30') as kept
            """
            before = connection.execute(query).fetchall()
            assert rows(folder, query) == before
            assert before[0][0] > 0


def test_the_evaluation_log_is_a_chain_of_runs(the_day_after):
    """Each run's hash is recomputed with hashlib from the row hashes and the hash of the run before."""
    folder, _ = the_day_after
    runs = rows(
        folder,
        """
        select run_number, any_value(as_of_date), any_value(previous_run_hash), any_value(run_hash),
            list(row_hash order by evaluation_key), count(distinct run_hash)
        from policies.pol_evaluation_log group by run_number order by run_number
        """,
    )
    assert [str(run[1]) for run in runs][:2] == ["2025-06-30", "2025-07-16"]
    previous = ""
    for _, _, previous_run_hash, run_hash, row_hashes, hashes in runs:
        assert hashes == 1
        assert previous_run_hash == previous
        assert run_hash == hashlib.sha256((previous + ",".join(row_hashes)).encode()).hexdigest()
        previous = run_hash
    logged, verdicts = rows(
        folder,
        """
        select count(*) filter (where run_number = 2), (select count(*) from policies.pol_evaluations)
        from policies.pol_evaluation_log
        """,
    )[0]
    assert logged == verdicts > 0


def test_a_rebuild_of_an_earlier_day_gives_what_was_reported_then(dbt, warehouse, the_day_after, tmp_path):
    """The evidence holds what was learned later; as known on the earlier day, every mart has the same bytes."""
    path, _ = warehouse
    folder, _ = the_day_after
    shutil.copy(folder / "model_risk.duckdb", tmp_path)
    result = dbt("run", "--selector", "statistics", folder=tmp_path)
    assert result.success, statuses(result, "error")
    with (
        duckdb.connect(path, read_only=True) as reported,
        duckdb.connect(tmp_path / "model_risk.duckdb", read_only=True) as rebuilt,
    ):
        assert fingerprints(rebuilt) == fingerprints(reported)
