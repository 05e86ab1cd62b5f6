{#- Rows of the CTE `score_outcomes` as known on the as-of date, once per matured period of the CTE
    `periods` that they fall in. -#}
{% macro matured_outcomes() -%}
    select
        score_outcomes.*,
        days.period_grain,
        days.period_start,
        days.period_end

    from score_outcomes
    inner join ({{ dbt_model_risk.period_days() }}) as days
        on
            score_outcomes.model_id = days.model_id
            and score_outcomes.model_version = days.model_version
            and score_outcomes.event_date = days.event_date

    where
        score_outcomes.known_date <= {{ dbt_model_risk.as_of_date() }}
        and days.is_matured
{%- endmacro %}
