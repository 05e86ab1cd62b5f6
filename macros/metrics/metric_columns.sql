{#- The columns of a metric row for whoever puts several tables of metrics under one another; Python gives timestamps
    where these are dates. -#}
{% macro metric_columns() -%}
        model_id,
        model_version,
        segment_key,
        segment_value,
        period_grain,
        cast(period_start as date) as period_start,
        cast(period_end as date) as period_end,
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
{%- endmacro %}
