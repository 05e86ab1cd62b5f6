{#- The verdicts that roll-ups count: all but those on something that nobody declared, which is not missing but does
    not apply. -#}
{% macro declared_verdicts() -%}
    select *
    from {{ ref('pol_evaluations') }}
    where
        coalesce(status_reason, '') <> 'not_declared'
{%- endmacro %}
