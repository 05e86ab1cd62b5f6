{#- The components on record of every validation, as a list. One that does not apply has to say why. -#}
{% macro recorded_components() -%}
    select
        validation_id,
        list(distinct component order by component) as components

    from ({{ dbt_model_risk.known_rows('validation_components') }}) as known_components

    where outcome is not null and (outcome <> 'not_applicable' or note is not null)

    group by validation_id
{%- endmacro %}
