{#- The instant a build answers for, as a SQL literal: var `as_of_time`, which whoever runs dbt within a day gives, or
    else the end of the as-of date. -#}
{% macro as_of_time() -%}
    {%- set given = var('as_of_time', none) -%}
    {%- if given and not (given | string).startswith(var('as_of_date') | string) -%}
        {{ exceptions.raise_compiler_error(
            "as_of_time " ~ given ~ " is not on the as_of_date " ~ var('as_of_date') ~ ". Give both of the same day"
        ) }}
    {%- elif given -%}
        cast('{{ given }}' as timestamp)
    {%- else -%}
        cast({{ dbt_model_risk.as_of_date() }} + interval '1' day as timestamp)
    {%- endif -%}
{%- endmacro %}
