{#- Decisions and what came of them as additive sums, append-only: a prediction counts once on the day it is known
    (without an outcome class), its outcome on the day that is known, corrections as minus and plus rows. Outcomes
    that are amounts have no class and stay out. Read from the narrow logs: a run handles only what is new since the
    watermark. -#}
{% macro evidence_decisions(log) %}
    {{ config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='known_date',
        on_schema_change='append_new_columns'
    ) }}
    {%- set parents = dbt_model_risk.outcome_parents(log) -%}
    {%- set since = dbt_model_risk.watermark('known_date') -%}
    {%- set shape = dbt_model_risk.log_shape(log) if execute
        else {'segments': [], 'groups': [], 'columns': [], 'scale': none, 'has_classes': true, 'meta': {}} -%}
    {%- set keys = shape.segments + shape.groups -%}
    {%- set dimensions = [
        'decision', 'final_decision', 'override_reason', 'is_favourable', 'is_final_favourable', 'predicted_class',
        'outcome_class'
    ] -%}
    {%- set sums = {
        'n': 'bigint', 'score_sum': 'double', 'score_square_sum': 'double', 'exposure_sum': 'double'
    } -%}
with

{%- if shape.has_classes %}

{{ dbt_model_risk.outcome_changes(log, since, shape, dbt_model_risk.decision_outcome_terms) }},
{%- endif %}

predictions as (

    select
        {{ dbt_model_risk.decision_terms('admitted', shape) }},
        cast(null as varchar) as outcome_class,
        case
            when admitted.loaded_date > versions.registered_date then admitted.loaded_date
            else versions.registered_date
        end as known_date

    from {{ ref('stg_' ~ log ~ '__admitted') }} as admitted

    inner join {{ ref('stg_registered_versions') }} as versions
        on admitted.model_id = versions.model_id and admitted.model_version = versions.model_version

    where
        admitted.reject_reason is null
        {%- if since %}
        and (admitted.loaded_date >= date '{{ since }}' or versions.registered_date >= date '{{ since }}')
        {%- endif %}

),

decided as (

    select * from predictions

    {%- if shape.has_classes %}

    union all

    select * from changes

    {%- if since %}

    where known_date >= date '{{ since }}'
    {%- endif %}
    {%- endif %}

),

finest as (

    select
        model_id,
        model_version,
        event_date,
        known_date,
        {%- for name in keys + dimensions %}
        {{ name }},
        {%- endfor %}
        sum(n) as n,
        sum(score) as score_sum,
        sum(score_square) as score_square_sum,
        sum(exposure) as exposure_sum

    from decided

    group by
        model_id,
        model_version,
        event_date,
        known_date,
        {%- for name in keys + dimensions %}
        {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}

)

{{ dbt_model_risk.roll_up(
    log, keys, ['model_id', 'model_version', 'event_date', 'known_date'] + dimensions, sums, drop_zero=true,
    groups=shape.groups
) }}
{% endmacro %}


{#- The columns of one decision, or with sign '-' of one taken away. The outcome has the same terms and a class. -#}
{% macro decision_terms(alias, shape, sign='') -%}
    {%- set decision = alias ~ '.decision' if 'decision' in shape.columns else 'cast(null as varchar)' -%}
    {%- set final = "coalesce(" ~ alias ~ ".override_decision, " ~ decision ~ ")"
        if 'override_decision' in shape.columns else decision -%}
    {%- set favourable = shape.meta.get('decision', {}).get('favourable') -%}
        {{ sign }}1 as n,
        {{ alias }}.model_id,
        {{ alias }}.model_version,
        {{ alias }}.event_date,
        {%- for key in shape.segments + shape.groups %}
        {{ alias }}.{{ key }},
        {%- endfor %}
        {{ decision }} as decision,
        {{ final }} as final_decision,
        {{ alias ~ '.override_reason' if 'override_reason' in shape.columns else 'cast(null as varchar)' }}
            as override_reason,
        {{ dbt_model_risk.is_favourable(decision, favourable) }} as is_favourable,
        {{ dbt_model_risk.is_favourable(final, favourable) }} as is_final_favourable,
        {{ "cast(" ~ alias ~ ".predicted_class as varchar)" if 'predicted_class' in shape.columns
            else "cast(null as varchar)" }} as predicted_class,
        {{ sign }}cast({{ alias }}.score as {{ dbt_model_risk.sum_type(shape) }}) as score,
        {{ sign }}cast({{ alias }}.score * {{ alias }}.score as {{ dbt_model_risk.sum_type(shape) }}) as score_square,
        {{ sign ~ "cast(coalesce(" ~ alias ~ ".exposure_amount, 0) as decimal(38, 6))"
            if 'exposure_amount' in shape.columns else "cast(0 as decimal(38, 6))" }} as exposure
{%- endmacro %}


{% macro decision_outcome_terms(alias, shape, sign='') -%}
        {{ dbt_model_risk.decision_terms(alias, shape, sign) }},
        case when {{ alias }}.outcome = 1 then '1' else '0' end as outcome_class
{%- endmacro %}


{#- Whether a decision is one that the log declares to be favourable; null where it declares none. -#}
{% macro is_favourable(decision, favourable) -%}
    {%- if favourable is none -%}
        cast(null as boolean)
    {%- else -%}
        {%- set names = [favourable] if favourable is string else favourable -%}
        {{ decision }} in (
            {%- for name in names -%}
            '{{ name | string | replace("'", "''") }}'{{ ', ' if not loop.last }}
            {%- endfor -%}
        )
    {%- endif -%}
{%- endmacro %}
