{#- The segments of a sandbox's models against everybody else, the worst first. -#}
{% macro sandbox_worst_segments(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_worst_segments', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_worst_segments(sandbox_id) %}
with

models as (

    {{ dbt_model_risk.known_rows('models') }} and sandbox_id = '{{ sandbox_id }}'

),

segments as (

    select * from {{ ref('met_worst_segments') }}

)

select
    concat_ws(
        '|', segments.model_id, segments.model_version, segments.segment_key, segments.segment_value,
        segments.period_grain, cast(segments.period_start as date), segments.metric, segments.variable
    ) as worst_segment_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    models.sandbox_id,
    segments.model_id,
    models.name as model_name,
    segments.model_version,
    {{ dbt_model_risk.model_version_key('segments.model_id', 'segments.model_version') }} as model_version_key,
    models.declared_tier as model_tier,
    segments.period_grain,
    cast(segments.period_start as date) as period_start,
    cast(segments.period_end as date) as period_end,
    segments.metric,
    segments.variable,
    segments.segment_rank,
    segments.segment_key,
    segments.segment_value,
    case
        when segments.status_reason is not null then 'grey'
        when segments.is_significant then 'worse'
        else 'no_worse'
    end as status,
    segments.status_reason,
    segments.is_significant,
    segments.value as metric_value,
    segments.rest_value as baseline,
    segments.whole_value,
    segments.difference,
    segments.harm,
    segments.share as share_of_rows,
    segments.impact,
    segments.sample_size,
    segments.rest_size,
    segments.p_value,
    segments.adjusted_p,
    segments.tested_count,
    segments.untested_count,
    segments.convention_id

from segments

inner join models on segments.model_id = models.model_id
{% endmacro %}
