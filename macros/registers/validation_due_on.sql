{#- Until when a validation is good: the earlier of the age that the tier allows and the date that the validator set. -#}
{% macro validation_due_on(validations, tier_rules) -%}
    least(
        {{ validations }}.finished_on + {{ tier_rules }}.validation_maximum_age_days,
        coalesce({{ validations }}.next_due_on, date '9999-12-31')
    )
{%- endmacro %}
