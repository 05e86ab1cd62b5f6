{#- How far each of a sandbox's books is from the loss that would hurt it, and which factors would bring it there. -#}
{% macro sandbox_reverse_stress(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_reverse_stress', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_reverse_stress(sandbox_id) %}
with

factor_definitions as (

    {{ dbt_model_risk.known_rows('factor_definitions') }}
    qualify row_number() over (partition by factor_id order by recorded_at desc) = 1

)

select
    concat_ws(
        '|', reversed.portfolio_id, coalesce(reversed.factor_id, 'none')
    ) as reverse_stress_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    cast(reversed.sandbox_id as varchar) as sandbox_id,
    cast(reversed.portfolio_id as varchar) as portfolio_id,
    cast(reversed.risk_date as date) as risk_date,
    reversed.target_loss,
    cast(reversed.horizon_days as integer) as horizon_days,
    reversed.minimum_distance,
    reversed.distance,
    reversed.plausibility,
    case
        when reversed.distance is null then 'grey'
        when reversed.distance < reversed.minimum_distance then 'red'
        else 'green'
    end as rag_status,
    cast(reversed.factor_id as varchar) as factor_id,
    factor_definitions.name as factor_name,
    factor_definitions.factor_class,
    reversed.move,
    cast(reversed.move_type as varchar) as move_type,
    reversed.move_in_deviations,
    reversed.pnl,
    reversed.loss_share,
    cast(reversed.contribution_rank as integer) as contribution_rank,
    cast(reversed.method_used as varchar) as method_used,
    cast(reversed.factor_count as integer) as factor_count,
    cast(reversed.window_days as integer) as window_days,
    reversed.shrinkage,
    cast(reversed.status_reason as varchar) as status_reason

from {{ ref('met_reverse_stress') }} as reversed

left join factor_definitions on reversed.factor_id = factor_definitions.factor_id

where reversed.sandbox_id = '{{ sandbox_id }}'
{% endmacro %}
