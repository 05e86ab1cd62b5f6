{#- The rows of met_live_windows whose counts may differ from what this incremental table holds: all of them in a first
    run, or for a day before the last one computed; else those with a row learned since the latest `known_until` here.
    The last day known is always computed again, since more of it may have arrived. -#}
{% macro changed_windows() -%}
    select * from {{ ref('met_live_windows') }}
    {%- if is_incremental() %}
    where
        known_until >= coalesce(
            (
                select max(computed.known_until)
                from {{ this }} as computed
            ),
            date '0001-01-01'
        )
        or coalesce(
            (
                select max(computed.known_until) > {{ dbt_model_risk.as_of_date() }}
                from {{ this }} as computed
            ),
            false
        )
    {%- endif %}
{%- endmacro %}


{#- Takes windows out of this incremental table that are no longer kept; a hook after the model. -#}
{% macro forget_windows() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where window_key not in (select window_key from {{ ref('met_live_windows') }})
    {%- endif -%}
{%- endmacro %}
