{#- An outcome log in the contract's names and types, with the reason a row cannot be used (null: it can).
    Whether its prediction exists is judged where the two logs meet. -#}
{% macro outcome_log(relation, columns={}) %}
    {%- set mandatory = ['prediction_id', 'loaded_at', 'observed_at', 'outcome'] -%}
    {%- set optional = ['amount', 'outcome_status'] -%}
    {%- set is_class, classes = true, none -%}
    {%- if execute -%}
        {%- do dbt_model_risk.check_log_columns(model, relation, columns, mandatory, optional) -%}
        {%- set shape = dbt_model_risk.log_shape(model.name[4:-10]) -%}
        {%- set is_class, classes = shape.has_classes, shape.classes -%}
        {%- do dbt_model_risk.check_outcome_type(model, shape) -%}
    {%- endif -%}
    {%- set columns = dbt_model_risk.without_missing_codes(model, columns) -%}
    {%- set outcome = columns.get('outcome', 'outcome') -%}
    {%- set status = columns.get('outcome_status', 'outcome_status') -%}
    {%- set has_status = dbt_model_risk.role_columns(model, ['outcome_status']) | length > 0 -%}
with

source as (

    select * from {{ relation }}

)

select
    {%- for column in dbt_model_risk.role_columns(model) if column.role != 'outcome_status' %}
    {{ dbt_model_risk.log_column(columns.get(column.name, column.name), column) }} as {{ column.name }},
    {%- endfor %}
    {%- if not dbt_model_risk.role_columns(model, ['amount']) %}
    cast(null as double) as amount,
    {%- endif %}
    {{ "cast(" ~ status ~ " as varchar)" if has_status else "'final'" }} as outcome_status,
    case
        when {{ columns.get('prediction_id', 'prediction_id') }} is null then 'null_key'
        {{ dbt_model_risk.time_rejects([columns.get('observed_at', 'observed_at'), columns.get('loaded_at', 'loaded_at')]) }}
        {%- if has_status %}
        when {{ status }} is null or {{ status }} not in ('final', 'provisional', 'excluded')
            then 'unknown_status'
        when {{ status }} = 'excluded' then null
        {%- endif %}
        when {{ outcome }} is null then 'null_outcome'
        {%- if classes %}
        when {{ outcome }} not in ({{ dbt_model_risk.text_list(classes) }}) then 'outcome_not_in_domain'
        {%- elif is_class %}
        when {{ dbt_model_risk.finite(outcome) }} is null or {{ dbt_model_risk.safe_cast(outcome, 'double') }} not in (0, 1)
            then 'outcome_not_in_domain'
        {%- else %}
        when {{ dbt_model_risk.finite(outcome) }} is null then 'outcome_not_in_domain'
        {%- endif %}
    end as reject_reason

from source
{% endmacro %}
