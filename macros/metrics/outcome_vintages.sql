{#- The days on which a cohort's figures are taken, from the CTEs `periods` and `vintage_names`: `first`, the day its last
    outcome was due; `now`, the as-of date; `naive`, the day the period ended, whatever was visible then. Of a cohort
    without an end of its own (grain 'all') each day matures by itself. -#}
{% macro outcome_vintages() -%}
    select
        periods.model_id,
        periods.model_version,
        periods.problem_type,
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        days.event_date,
        vintage_names.vintage,
        case vintage_names.vintage
            when 'first' then if(periods.period_grain = 'all', days.event_date, periods.period_end)
                + periods.outcome_horizon_days
            when 'now' then {{ dbt_model_risk.as_of_date() }}
            else periods.period_end
        end as seen_on

    from periods
    inner join ({{ dbt_model_risk.period_days() }}) as days
        using (model_id, model_version, period_grain, period_start, period_end)
    cross join vintage_names

    where days.is_matured or vintage_names.vintage = 'naive'
{%- endmacro %}
