{#- What a verdict does to a build. Red: `block` stops tiers 1 and 2, `error` tier 1 alone; what does not stop, warns,
    and so does what a waiver covers; `information` does neither. A subject that nobody measured warns. -#}
{% macro enforcement(rag_status, status_reason, severity, model_tier, waiver_id) -%}
    case
        when {{ severity }} = 'information' then 'none'
        when {{ rag_status }} = 'grey' and {{ status_reason }} in ('no_data', 'no_threshold') then 'warn'
        when {{ rag_status }} <> 'red' then 'none'
        when {{ waiver_id }} is not null then 'warn'
        when {{ severity }} = 'block' and {{ model_tier }} <= 2 then 'block'
        when {{ severity }} = 'error' and {{ model_tier }} = 1 then 'block'
        else 'warn'
    end
{%- endmacro %}
