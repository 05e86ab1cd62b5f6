{#- Takes references out of this incremental table that are not those of the as-of date: of versions that are frozen
    anew, or not frozen yet, and of a day on which the freezing was not over. -#}
{% macro forget_baselines() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} as counted where not exists (
            select 1
            from {{ ref('evd_baselines') }} as frozen
            where
                frozen.model_id = counted.model_id
                and frozen.model_version = counted.model_version
                and frozen.frozen_date = counted.frozen_date
                and counted.is_final = (frozen.frozen_date < {{ dbt_model_risk.as_of_date() }})
                and {{ dbt_model_risk.is_live_log('frozen.log_id') }}
        )
    {%- endif -%}
{%- endmacro %}
