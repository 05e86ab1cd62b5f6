{#- Every row of the CTE `periods` with what was summed over its cohort (case_count and event_count
    among others), once per segment seen. A period with nothing known keeps its 'all' row and says
    why: its outcomes are not due yet, or none has arrived. -#}
{% macro measured_cohorts(summed, keys=[]) -%}
    select
        * exclude (case_count, event_count, segment_key, segment_value),
        coalesce(segment_key, 'all') as segment_key,
        coalesce(segment_value, 'all') as segment_value,
        coalesce(case_count, 0) as sample_size,
        event_count,
        case
            when case_count > 0 then null
            when
                if(period_grain = 'all', period_start, period_end) + outcome_horizon_days
                > {{ dbt_model_risk.as_of_date() }}
                then 'immature'
            else 'no_data'
        end as cohort_reason

    from periods
    left join {{ summed }}
        using ({{ (['model_id', 'model_version', 'period_grain', 'period_start', 'period_end'] + keys) | join(', ') }})
{%- endmacro %}
