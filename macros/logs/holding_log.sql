{#- A log of holdings or of their market (see holding_kinds) in the contract's names and types, with the reason a row
    cannot be used: `holding_log('positions', source(...))`. -#}
{% macro holding_log(kind, relation, columns={}) %}
    {%- set spec = dbt_model_risk.holding_kinds()[kind] -%}
    {%- set defaults = spec.get('defaults', {}) -%}
    {%- set texts = spec.get('texts', []) -%}
    {%- set mandatory = spec['keys'] | reject('in', defaults) | list + spec.figures + texts + ['loaded_at'] -%}
    {%- set optional = defaults.keys() | list + spec.optional.keys() | list -%}
    {%- if execute -%}
        {%- do dbt_model_risk.check_log_columns(model, relation, columns, mandatory, optional) -%}
    {%- endif -%}
    {%- set columns = dbt_model_risk.without_missing_codes(model, columns) -%}
    {%- set named = dbt_model_risk.role_columns(model) | map(attribute='name') | list -%}
    {%- set risk_date = columns.get('risk_date', 'risk_date') -%}
with

source as (

    select * from {{ relation }}

)

select
    {%- for column in dbt_model_risk.role_columns(model) %}
    {{ dbt_model_risk.log_column(columns.get(column.name, column.name), column) }} as {{ column.name }},
    {%- endfor %}
    {%- for name, default in defaults.items() if name not in named %}
    '{{ default }}' as {{ name }},
    {%- endfor %}
    {%- for name, type in spec.optional.items() if name not in named %}
    cast(null as {{ type }}) as {{ name }},
    {%- endfor %}
    case
        {%- for key in spec['keys'] if key in named %}
        when {{ columns.get(key, key) }} is null then 'null_key'
        {%- endfor %}
        when {{ dbt_model_risk.safe_cast(risk_date, 'date') }} is null then 'unparseable_time'
        {{ dbt_model_risk.time_rejects([columns.get('loaded_at', 'loaded_at')]) }}
        {%- for figure in spec.figures %}
        when {{ dbt_model_risk.finite(columns.get(figure, figure)) }} is null then 'null_figure'
        {%- endfor %}
        {%- if 'shift_type' in texts %}
        when coalesce({{ columns.get('shift_type', 'shift_type') }}, '') not in ('relative', 'absolute')
            then 'unknown_shift_type'
        when {{ dbt_model_risk.finite(columns.get('shift_size', 'shift_size')) }} <= 0 then 'shift_size_not_positive'
        {%- endif %}
    end as reject_reason

from source
{% endmacro %}
