{#- The finest sums: one row per version, dates, combination of segments, score bin, class and outcome. -#}
{% macro outcome_sums(shape, keys, since) -%}
finest as (

    select
        model_id,
        model_version,
        event_date,
        known_date,
        {%- for key in keys %}
        {{ key }},
        {%- endfor %}
        score_bin,
        predicted_class,
        outcome_class,
        sum(n) as n,
        sum(score) as score_sum,
        sum(score_square) as score_square_sum,
        sum(outcome) as outcome_sum,
        sum(outcome_square) as outcome_square_sum,
        sum(score_outcome) as score_outcome_sum,
        sum(absolute_error) as absolute_error_sum,
        sum(log_loss) as log_loss_sum,
        sum(is_hit) as hit_count,
        sum(has_interval) as interval_count,
        sum(is_covered) as covered_count,
        sum(amount) as amount_sum,
        sum(exposure) as exposure_sum,
        sum(is_clipped) as log_loss_clipped_count

    from changes

    {%- if since %}

    where known_date >= date '{{ since }}'
    {%- endif %}

    group by
        model_id,
        model_version,
        event_date,
        known_date,
        {%- for key in keys %}
        {{ key }},
        {%- endfor %}
        score_bin,
        predicted_class,
        outcome_class

)
{%- endmacro %}


{% macro outcome_sum_columns() %}
    {{ return({
        'n': 'bigint', 'score_sum': 'double', 'score_square_sum': 'double', 'outcome_sum': 'double',
        'outcome_square_sum': 'double', 'score_outcome_sum': 'double', 'absolute_error_sum': 'double',
        'log_loss_sum': 'double', 'hit_count': 'bigint', 'interval_count': 'bigint',
        'covered_count': 'bigint', 'amount_sum': 'double', 'exposure_sum': 'double',
        'log_loss_clipped_count': 'bigint'
    }) }}
{% endmacro %}
