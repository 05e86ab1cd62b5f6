{#- What one observed outcome adds to the sums, or with sign '-' takes away. Log loss clips the score at 1e-15 and counts
    the clipped. Of one of several classes the score is the probability of the predicted one, and the outcome summed is
    1 where that one was right. -#}
{% macro outcome_terms(alias, shape, sign='') -%}
    {%- set score = alias ~ '.score' -%}
    {%- set outcome = alias ~ '.outcome' -%}
    {%- set observed_class = outcome -%}
    {%- if shape.classes -%}
        {%- set outcome = '(case when ' ~ alias ~ '.predicted_class = ' ~ outcome ~ ' then 1 else 0 end)' -%}
    {%- endif -%}
    {%- set has_interval = 'score_lower' in shape.columns and 'score_upper' in shape.columns -%}
        {{ sign }}1 as n,
        {{ alias }}.model_id,
        {{ alias }}.model_version,
        {{ alias }}.event_date,
        {%- for key in shape.segments + shape.groups %}
        {{ alias }}.{{ key }},
        {%- endfor %}
        {{ "cast(" ~ alias ~ ".predicted_class as varchar)" if 'predicted_class' in shape.columns
            else "cast(null as varchar)" }} as predicted_class,
        {%- if not shape.has_classes %}
        {%- if shape.scale == 'lgd' %}
        cast(floor({{ score }} * {{ shape.resolution }}) as bigint) as score_bin,
        {{ dbt_model_risk.loss_segment(outcome) }} as outcome_class,
        {%- elif shape.classes %}
        cast(floor({{ score }} * {{ shape.resolution }}) as bigint) as score_bin,
        {{ observed_class }} as outcome_class,
        {%- elif shape.is_ranked %}
        {{ dbt_model_risk.value_bin(score, shape.resolution) }} as score_bin,
        cast({{ dbt_model_risk.value_bin(outcome, shape.resolution) }} as varchar) as outcome_class,
        {%- else %}
        cast(null as bigint) as score_bin,
        cast(null as varchar) as outcome_class,
        {%- endif %}
        cast(null as {{ dbt_model_risk.sum_type(shape) }}) as log_loss,
        0 as is_clipped,
        {%- if shape.classes %}
        {{ sign }}{{ outcome }} as is_hit,
        {%- else %}
        case when sign({{ score }}) = sign({{ outcome }}) then {{ sign }}1 else 0 end as is_hit,
        {%- endif %}
        {%- else %}
        cast(floor({{ score }} * {{ shape.resolution }}) as bigint) as score_bin,
        case when {{ outcome }} = 1 then '1' else '0' end as outcome_class,
        {%- if shape.scale == 'probability' %}
        {{ sign }}cast(-ln(case
            when {{ outcome }} = 1 then greatest({{ score }}, 1e-15)
            else greatest(1 - {{ score }}, 1e-15)
        end) as {{ dbt_model_risk.sum_type(shape) }}) as log_loss,
        case
            when {{ outcome }} = 1 and {{ score }} < 1e-15 then {{ sign }}1
            when {{ outcome }} = 0 and 1 - {{ score }} < 1e-15 then {{ sign }}1
            else 0
        end as is_clipped,
        {%- else %}
        cast(null as {{ dbt_model_risk.sum_type(shape) }}) as log_loss,
        0 as is_clipped,
        {%- endif %}
        {%- if 'predicted_class' in shape.columns %}
        case when {{ alias }}.predicted_class = cast(cast({{ outcome }} as integer) as varchar) then {{ sign }}1 else 0 end as is_hit,
        {%- else %}
        cast(null as integer) as is_hit,
        {%- endif %}
        {%- endif %}
        {{ sign }}cast({{ score }} as {{ dbt_model_risk.sum_type(shape) }}) as score,
        {{ sign }}cast({{ score }} * {{ score }} as {{ dbt_model_risk.sum_type(shape) }}) as score_square,
        {{ sign }}cast({{ outcome }} as {{ dbt_model_risk.sum_type(shape) }}) as outcome,
        {{ sign }}cast({{ outcome }} * {{ outcome }} as {{ dbt_model_risk.sum_type(shape) }}) as outcome_square,
        {{ sign }}cast({{ score }} * {{ outcome }} as {{ dbt_model_risk.sum_type(shape) }}) as score_outcome,
        {{ sign }}cast(abs({{ score }} - {{ outcome }}) as {{ dbt_model_risk.sum_type(shape) }}) as absolute_error,
        {%- if has_interval %}
        case when {{ alias }}.score_lower is not null and {{ alias }}.score_upper is not null then {{ sign }}1 else 0 end
            as has_interval,
        case when {{ outcome }} between {{ alias }}.score_lower and {{ alias }}.score_upper then {{ sign }}1 else 0 end
            as is_covered,
        {%- for end in ['lower', 'upper'] %}
        {{ dbt_model_risk.pinball_term(alias, shape, 'score_' ~ end, sign) }} as pinball_{{ end }},
        {%- endfor %}
        {%- else %}
        0 as has_interval,
        0 as is_covered,
        cast(null as {{ dbt_model_risk.sum_type(shape) }}) as pinball_lower,
        cast(null as {{ dbt_model_risk.sum_type(shape) }}) as pinball_upper,
        {%- endif %}
        {{ sign }}cast(coalesce({{ alias }}.amount, 0) as decimal(38, 6)) as amount,
        {{ sign ~ "cast(coalesce(" ~ alias ~ ".exposure_amount, 0) as decimal(38, 6))"
            if 'exposure_amount' in shape.columns else "cast(0 as decimal(38, 6))" }} as exposure
        {%- if 'exposure_amount' in shape.columns %},
        {{ sign }}cast(coalesce({{ alias }}.exposure_amount, 0) * {{ score }} as decimal(38, 6)) as exposure_score,
        {{ sign }}cast(coalesce({{ alias }}.exposure_amount, 0) * {{ outcome }} as decimal(38, 6)) as exposure_outcome
        {%- endif %}
{%- endmacro %}


{#- The pinball loss of one end of a complete interval at the level that it declares; null without a level.
    Koenker and Bassett (1978), Econometrica 46, 33-50. -#}
{% macro pinball_term(alias, shape, end, sign) -%}
    {%- set level = shape.meta[end].get('level') -%}
    {%- set bound = alias ~ '.' ~ end -%}
    {%- set other = alias ~ '.' ~ ('score_upper' if end == 'score_lower' else 'score_lower') -%}
    {%- set outcome = alias ~ '.outcome' -%}
    {%- if level is none -%}
        cast(null as {{ dbt_model_risk.sum_type(shape) }})
    {%- else -%}
        {%- set share = dbt_model_risk.double_literal(level) -%}
        {{ sign }}cast(case
            when {{ bound }} is null or {{ other }} is null then 0
            when {{ outcome }} >= {{ bound }} then {{ share }} * ({{ outcome }} - {{ bound }})
            else (1 - {{ share }}) * ({{ bound }} - {{ outcome }})
        end as {{ dbt_model_risk.sum_type(shape) }})
    {%- endif -%}
{%- endmacro %}


{#- The bin of a value: floor(value x resolution), held within what a bigint can be. -#}
{% macro value_bin(number, resolution) -%}
    cast(greatest(least(floor({{ number }} * {{ resolution }}), 9e18), -9e18) as bigint)
{%- endmacro %}


{#- The segment of a realised rate of loss, of twelve: 0-5 %, 5-10 %, then tenths to 90-100 %, and 100 % or more.
    ECB, Instructions for reporting the validation results of internal models (2019), section 2.6. -#}
{% macro loss_segment(outcome) -%}
    case
            when {{ outcome }} < 0.05 then '0'
            when {{ outcome }} < 0.1 then '1'
            {%- for tenth in range(2, 11) %}
            when {{ outcome }} < {{ tenth / 10 }} then '{{ tenth }}'
            {%- endfor %}
            else '11'
        end
{%- endmacro %}


{#- Decimal type of a log's sums: probabilities fit 18 digits, which engines add as integers; values as small as
    returns need as many decimals, or the squares of a year lose the digits that tell them apart. -#}
{% macro sum_type(shape) -%}
    {{ return('decimal(18, 15)' if shape.scale == 'probability' else 'decimal(38, 15)') }}
{%- endmacro %}
