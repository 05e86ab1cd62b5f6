{#- The long metric rows of a relation whose column `measure` is a metric_value struct: the columns,
    order and types that the tables of metrics share. `variable` names the column of the variable measured. -#}
{% macro metric_rows(relation, variable='null') -%}
    select
        cast(model_id as varchar) as model_id,
        cast(model_version as varchar) as model_version,
        cast(segment_key as varchar) as segment_key,
        cast(segment_value as varchar) as segment_value,
        cast(period_grain as varchar) as period_grain,
        cast(period_start as date) as period_start,
        cast(period_end as date) as period_end,
        {{ dbt_model_risk.as_of_date() }} as known_date,
        cast({{ variable }} as varchar) as variable,
        measure.metric,
        measure.value,
        cast(null as double) as p_value,
        measure.ci_low,
        measure.ci_high,
        measure.error_bound,
        measure.sample_size,
        measure.event_count,
        measure.status_reason,
        measure.convention_id

    from {{ relation }}
{%- endmacro %}
