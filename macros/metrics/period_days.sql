{#- The CTE `periods` day by day. is_due: outcomes of that day's predictions are due by the as-of
    date. is_matured: the day belongs to a cohort due as a whole; of grain 'all', to its due part.
    -#}
{% macro period_days() -%}
    select
        model_id,
        model_version,
        period_grain,
        period_start,
        period_end,
        cast(
            unnest(generate_series(period_start, period_end, interval '1 day')) as date
        ) as event_date,
        event_date + outcome_horizon_days <= {{ dbt_model_risk.as_of_date() }} as is_due,
        is_due and (
            period_grain = 'all'
            or period_end + outcome_horizon_days <= {{ dbt_model_risk.as_of_date() }}
        ) as is_matured

    from periods
{%- endmacro %}
