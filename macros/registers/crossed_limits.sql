{#- Rows of a register of limits whose amber lies beyond red: red would strike before anybody is warned. -#}
{% macro crossed_limits(register, row_key) %}
select
    '{{ register }}' as register,
    cast(limits.limit_key as varchar) as row_key,
    'amber_threshold' as column_name,
    cast(limits.amber_threshold as varchar) as column_value,
    'amber_beyond_red' as reason,
    concat(
        '{{ register }}: row ', limits.limit_key, ' has amber ', limits.amber_threshold, ' beyond red ',
        limits.red_threshold, ', though ', kri_definitions.direction, '. Swap or correct them; until then the row is ignored.'
    ) as explanation

from (
    select
        {{ row_key }} as limit_key,
        *

    from {{ ref(register) }}
) as limits

inner join {{ ref('policies') }} as policies using (policy_id)
inner join {{ ref('kri_definitions') }} as kri_definitions on policies.kri_id = kri_definitions.kri_id

where
    not {{ dbt_model_risk.limits_in_order(
        'kri_definitions.direction', 'limits.amber_threshold', 'limits.red_threshold'
    ) }}
{% endmacro %}
