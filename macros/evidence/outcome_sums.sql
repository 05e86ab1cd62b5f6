{#- The finest sums: one row per version, dates, combination of segments, score bin, class and outcome. -#}
{% macro outcome_sums(shape, keys, since, sums) -%}
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
        {%- for name, sum in sums.items() if sum.term is not none %}
        sum({{ sum.term }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}

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


{#- The sums of an outcome log: the term each adds up and its type. What a log never holds has no term and is 0, or
    null where it could be declared, without being added up. -#}
{% macro outcome_sum_columns(log, shape) %}
    {%- set has_interval = 'score_lower' in shape.columns and 'score_upper' in shape.columns -%}
    {%- set has_amount = not execute
        or dbt_model_risk.role_columns(dbt_model_risk.log_node(log ~ '__outcomes'), ['amount']) | length > 0 -%}
    {%- set has_exposure = 'exposure_amount' in shape.columns -%}
    {%- set levels = [] -%}
    {%- for end in ['score_lower', 'score_upper'] if has_interval and shape.meta[end].get('level') is not none -%}
        {%- do levels.append(end) -%}
    {%- endfor -%}
    {{ return({
        'n': {'term': 'n', 'type': 'bigint'},
        'score_sum': {'term': 'score', 'type': 'double'},
        'score_square_sum': {'term': 'score_square', 'type': 'double'},
        'outcome_sum': {'term': 'outcome', 'type': 'double'},
        'outcome_square_sum': {'term': 'outcome_square', 'type': 'double'},
        'score_outcome_sum': {'term': 'score_outcome', 'type': 'double'},
        'absolute_error_sum': {'term': 'absolute_error', 'type': 'double'},
        'log_loss_sum': {'term': 'log_loss', 'type': 'double'},
        'hit_count': {'term': 'is_hit', 'type': 'bigint'},
        'interval_count': {'term': 'has_interval' if has_interval else none, 'type': 'bigint'},
        'covered_count': {'term': 'is_covered' if has_interval else none, 'type': 'bigint'},
        'amount_sum': {'term': 'amount' if has_amount else none, 'type': 'double'},
        'exposure_sum': {'term': 'exposure' if has_exposure else none, 'type': 'double'},
        'log_loss_clipped_count': {'term': 'is_clipped', 'type': 'bigint'},
        'exposure_score_sum': {'term': 'exposure_score' if has_exposure else none, 'type': 'double'},
        'exposure_outcome_sum': {'term': 'exposure_outcome' if has_exposure else none, 'type': 'double'},
        'pinball_lower_sum': {
            'term': 'pinball_lower' if 'score_lower' in levels else none, 'type': 'double', 'without': 'null'
        },
        'pinball_upper_sum': {
            'term': 'pinball_upper' if 'score_upper' in levels else none, 'type': 'double', 'without': 'null'
        }
    }) }}
{% endmacro %}
