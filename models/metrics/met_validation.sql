{#- Everything a validation measures beyond performance and drift, for indicators to read. -#}
{%- for table in [
    'met_score_tests',
    'met_grades',
    'met_migrations',
    'met_challenger',
    'met_fairness',
    'met_decision_overrides',
    'met_losses',
    'met_alert_capacity',
    'met_characteristics'
] %}
{{ 'union all' if not loop.first }}
select
    '{{ table }}' as metric_table,
    model_id,
    model_version,
    segment_key,
    segment_value,
    period_grain,
    cast(period_start as date) as period_start,
    cast(period_end as date) as period_end,
    cast(known_date as date) as known_date,
    variable,
    metric,
    value,
    p_value,
    ci_low,
    ci_high,
    error_bound,
    sample_size,
    event_count,
    status_reason,
    convention_id

from {{ ref(table) }}
{%- endfor %}
