{#- Who must know of a breach of this age: the model's owner, then the head of model risk
    management, then the model risk committee. -#}
{% macro escalation_level(age_days, head_of_mrm_from_days, committee_from_days) -%}
    case
        when {{ age_days }} >= {{ committee_from_days }} then 'committee'
        when {{ age_days }} >= {{ head_of_mrm_from_days }} then 'head_of_mrm'
        else 'owner'
    end
{%- endmacro %}
