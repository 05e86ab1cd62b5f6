"""Evidence of many model versions, drawn inside DuckDB: what a bank's logs would have left, without the logs.

Every case is scored by both versions of its model. Version 2.0 ranks better than 1.0; each feature moves with the
risk a little. The month before the first cohort is the baseline. Draws come from a hash of the case, so that the same
sizes give the same tables.
"""

import duckdb

__all__ = ["RESOLUTION", "evidence_counts", "write_evidence"]

RESOLUTION = 1000
SEGMENTS = 5
FEATURES = 10
CELLS = 20
CLASSES = "'0', '1'"
FIRST_MONTH = "2023-01-01"
CASES = """
    create temporary table cases as
    with drawn as (
        select
            model_number, case_number, month_number,
            hash(model_number, month_number, case_number, 1) / 18446744073709551616.0 as u1,
            hash(model_number, month_number, case_number, 2) / 18446744073709551616.0 as u2,
            hash(model_number, month_number, case_number, 3) / 18446744073709551616.0 as u3,
            hash(model_number, month_number, case_number, 4) / 18446744073709551616.0 as u4,
            hash(model_number, month_number, case_number, 5) / 18446744073709551616.0 as u5
        from range({models}) as models (model_number)
        cross join range({months}) as months (month_number)
        cross join range({cases}) as cases (case_number)
    ),
    normal as (
        select
            *,
            sqrt(-2 * ln(1 - u1)) * cos(2 * pi() * u2) as risk,
            sqrt(-2 * ln(1 - u1)) * sin(2 * pi() * u2) as noise,
            sqrt(-2 * ln(1 - u3)) * cos(2 * pi() * u4) as other_noise
        from drawn
    )
    select
        'retail_pd_' || lpad(cast(model_number as varchar), 3, '0') as model_id,
        cast(date '{first}' + to_months(cast(month_number as integer)) as date)
            + cast(case_number % 2 * 14 as integer) as event_date,
        'branch ' || cast(case_number % {segments} as varchar) as branch,
        if(case_number % 3 = 0, 'a', 'b') as age_group,
        risk,
        case_number,
        if(u5 < 1 / (1 + exp(3 - risk)), '1', '0') as outcome_class,
        1 / (1 + exp(3 - 0.8 * risk - 0.5 * noise)) as score_1,
        1 / (1 + exp(3 - 0.9 * risk - 0.3 * other_noise)) as score_2,
        1000.0 + 10 * (case_number % 100) as exposure
    from normal
"""
SCORED = """
    create temporary table scored as
    select
        cases.*, versions.model_version,
        if(versions.model_version = '1.0', score_1, score_2) as score,
        cast(floor(if(versions.model_version = '1.0', score_1, score_2) * {resolution}) as bigint) as score_bin,
        if(if(versions.model_version = '1.0', score_1, score_2) >= 0.12, '1', '0') as predicted_class,
        if(outcome_class = '1', 1.0, 0.0) as outcome,
        event_date + 1 as outcome_date
    from cases
    cross join (values ('1.0'), ('2.0')) as versions (model_version)
"""
KEYS = "'retail_banking__scoring' as log_id, model_id, model_version, event_date, {known} as known_date"
CUTS = [("all", "'all'"), ("branch", "branch")]
GROUPS = [*CUTS, ("age_group", "age_group")]
SCORE_OUTCOMES = """
    select
        {keys}, '{key}' as segment_key, {value} as segment_value, score_bin,
        cast({resolution} as bigint) as score_resolution, predicted_class, outcome_class, count(*) as n,
        sum(score) as score_sum, sum(score * score) as score_square_sum, sum(outcome) as outcome_sum,
        sum(outcome) as outcome_square_sum, sum(score * outcome) as score_outcome_sum,
        sum(abs(score - outcome)) as absolute_error_sum,
        sum(-ln(if(outcome = 1, score, 1 - score))) as log_loss_sum,
        count_if(predicted_class = outcome_class) as hit_count, 0 as interval_count, 0 as covered_count,
        sum(exposure * outcome) as amount_sum, sum(exposure) as exposure_sum, 0 as log_loss_clipped_count,
        sum(exposure * score) as exposure_score_sum, sum(exposure * outcome) as exposure_outcome_sum,
        cast(null as double) as pinball_lower_sum, cast(null as double) as pinball_upper_sum
    from scored
    group by all
"""
FEATURE_BINS = """
    select
        {keys}, '{key}' as segment_key, {value} as segment_value, 'feature_' || feature as variable,
        cast(floor({cells} * (1 / (1 + exp(-0.5 * risk - hash(case_number, feature) / 9223372036854775808.0 + 1))))
            as bigint) as bin_id,
        {outcome} count(*) as n {moments}
    from scored
    cross join range({features}) as features (feature)
    group by all
"""
SCORE_CELLS = """
    select
        {keys}, '{key}' as segment_key, {value} as segment_value, 'score' as variable,
        least({cells} - 1, cast(floor(score * {cells} * 4) as bigint)) as bin_id, count(*) as n,
        cast(null as double) as value_sum, cast(null as double) as value_square_sum
    from scored
    group by all
"""
MOMENTS = """
    select
        {keys}, '{key}' as segment_key, {value} as segment_value, variable, -9 as bin_id, 0 as n,
        sum(number) as value_sum, sum(number * number) as value_square_sum
    from (
        select scored.*, 'score' as variable, score as number from scored
        union all
        select scored.*, 'feature_' || feature as variable, risk + feature as number
        from scored cross join range({features}) as features (feature)
    )
    group by all
"""
BASELINES = """
    create table evidence.evd_baselines as
    with bins as (
        select variable, unnest(range(-1, {cells})) as bin_id
        from (select 'score' as variable union all select 'feature_' || feature from range({features}) as f (feature))
    )
    select distinct
        'retail_banking__scoring' as log_id, scored.model_id, scored.model_version,
        scored.model_id || '|' || scored.model_version || '|2023-02-01' as baseline_id, bins.variable,
        'numeric' as variable_kind, bins.bin_id,
        case when bins.bin_id > 0 then cast(bins.bin_id as double) end as lower_edge,
        case when bins.bin_id between 0 and {cells} - 2 then cast(bins.bin_id + 1 as double) end as upper_edge,
        cast(null as varchar) as category, if(bins.bin_id < 0, bins.bin_id, bins.bin_id // 2) as declared_bin_id,
        date '2023-02-01' as frozen_date, date '2022-12-01' as registered_date,
        date '{first}' as baseline_from, date '2023-01-31' as baseline_to
    from (select distinct model_id, model_version from scored) as scored
    cross join bins
"""
DECISIONS = """
    select
        {keys}, '{key}' as segment_key, {value} as segment_value,
        '{role}' as key_role,
        if(predicted_class = '1', 'decline', 'approve') as decision,
        if(predicted_class = '1' and case_number % 20 > 0, 'decline', 'approve') as final_decision,
        if(predicted_class = '1' and case_number % 20 = 0, 'documented_income', null) as override_reason,
        predicted_class = '0' as is_favourable,
        not (predicted_class = '1' and case_number % 20 > 0) as is_final_favourable,
        predicted_class, {outcome} as outcome_class, count(*) as n, sum(score) as score_sum,
        sum(score * score) as score_square_sum, sum(exposure) as exposure_sum
    from scored
    group by all
"""
PAIRS = """
    select
        'retail_banking__scoring' as log_id, 'challenger' as pair_kind, model_id, '1.0' as model_version,
        '2.0' as other_version, event_date, event_date + 1 as known_date, '{key}' as segment_key,
        {value} as segment_value, cast(floor(score_1 * {resolution}) as bigint) as score_bin,
        cast(floor(score_2 * {resolution}) as bigint) as other_score_bin,
        cast({resolution} as bigint) as score_resolution, outcome_class, count(*) as n
    from cases
    group by all
"""
MIGRATIONS = """
    select
        {keys}, '{key}' as segment_key, {value} as segment_value, 'migration' as pair_kind,
        model_version as other_version, score_bin,
        cast(floor(least(0.999, score * (0.5 + hash(case_number) / 18446744073709551616.0)) * {resolution}) as bigint)
            as other_score_bin,
        cast({resolution} as bigint) as score_resolution, cast(null as varchar) as outcome_class, count(*) as n
    from scored
    where event_date >= date '{first}' + interval 12 months
    group by all
"""
INTAKE = """
    create table evidence.evd_log_intake as
    select
        'retail_banking__scoring' as log_id, model_id, model_version, log_kind, event_date,
        event_date + cast(log_kind = 'outcome' as integer) as known_date,
        event_date + cast(log_kind = 'outcome' as integer) as loaded_date, cast(null as varchar) as reject_reason,
        count(*) as n
    from scored
    cross join (values ('prediction'), ('outcome')) as kinds (log_kind)
    group by all
"""
REGISTERS = """
    delete from registers.models;
    insert into registers.models by name
    select distinct
        model_id, 'retail_banking' as sandbox_id, model_id as name, 'binary' as problem_type,
        'higher_is_event' as score_direction, 1 as declared_tier, 'EU' as jurisdiction, true as is_in_scope,
        1 as outcome_horizon_days, 'month' as monitoring_grain, timestamp '2022-12-01' as recorded_at
    from scored;
    delete from registers.model_versions;
    insert into registers.model_versions by name
    select distinct
        model_id, model_version, date '{first}' as baseline_from, date '2023-01-31' as baseline_to,
        timestamp '2023-02-01' as deployed_at, model_version = '2.0' as is_champion,
        timestamp '2022-12-01' as recorded_at
    from scored;
    delete from registers.validation_parameters;
    insert into registers.validation_parameters by name
    select distinct
        model_id, model_version, 'retail_pd' as rating_scale_id, 0.04 as asset_correlation, 0.74 as validated_auc,
        50 as alert_capacity_per_day, timestamp '2022-12-01' as recorded_at
    from scored;
"""


def write_evidence(connection: duckdb.DuckDBPyConnection, *, models: int, cohorts: int, cases: int) -> None:
    """Write evidence and registers of two versions per model.

    Parameters
    ----------
    connection
        A warehouse with the registers' tables and without evidence.
    models
        Models; each has two versions.
    cohorts
        Monthly cohorts after the baseline month.
    cases
        Cases per model and month.
    """
    names = {
        "models": models, "months": cohorts + 1, "cases": cases, "first": FIRST_MONTH, "segments": SEGMENTS,
        "features": FEATURES, "cells": CELLS, "resolution": RESOLUTION,
    }  # fmt: skip
    connection.execute("create schema if not exists evidence")
    connection.execute(CASES.format(**names))
    connection.execute(SCORED.format(**names))
    connection.execute(REGISTERS.format(**names))
    connection.execute(INTAKE.format(**names))
    connection.execute(BASELINES.format(**names))
    logged = names | {"keys": KEYS.format(known="event_date")}
    observed = names | {"keys": KEYS.format(known="outcome_date")}

    def cut(statement: str, cuts: list[tuple[str, str]], values: dict) -> str:
        roles = {"all": "all", "branch": "segment", "age_group": "group"}
        parts = [statement.format(key=key, value=value, role=roles[key], **values) for key, value in cuts]
        return "select * from (" + " union all ".join(f"({part})" for part in parts) + ")"

    counts = {"outcome": "", "moments": ", cast(null as double) as value_sum, cast(null as double) as value_square_sum"}
    judged = {"outcome": "outcome_class,", "moments": ""}
    unobserved = {"outcome": "cast(null as varchar)"}
    tables = {
        "evd_score_outcomes": [cut(SCORE_OUTCOMES, GROUPS, observed)],
        "evd_feature_bins": [
            cut(FEATURE_BINS, CUTS, logged | counts),
            cut(SCORE_CELLS, CUTS, logged),
            cut(MOMENTS, CUTS, logged),
        ],
        "evd_characteristics": [cut(FEATURE_BINS, CUTS, observed | judged)],
        "evd_decisions": [
            cut(DECISIONS, GROUPS, logged | unobserved),
            cut(DECISIONS, GROUPS, observed | {"outcome": "outcome_class"}),
        ],
        "evd_score_pairs": [cut(PAIRS, CUTS, names), cut(MIGRATIONS, CUTS, logged)],
    }
    for table, parts in tables.items():
        connection.execute(f"create table evidence.{table} as " + " union all by name ".join(parts))
    connection.execute(
        "create table evidence.evd_market_risk_days as select * from (select 'x' as log_id, date '2023-01-01' as "
        "risk_date, 'x' as portfolio_id, 'x' as model_id, 'x' as model_version, date '2023-01-01' as known_date, "
        "1.0 as var_990, 1.0 as var_975, 1.0 as es_975, 1.0 as pnl_actual, 1.0 as pnl_hypothetical, "
        "1.0 as pnl_risk_theoretical, timestamp '2023-01-01' as forecast_at, timestamp '2023-01-01' as loaded_at) "
        "where false"
    )


def evidence_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return the number of rows of each table of evidence."""
    tables = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'evidence' and database_name = current_database()"
    ).fetchall()
    return {
        table: connection.execute(f"select count(*) from evidence.{table}").fetchone()[0] for (table,) in sorted(tables)
    }
