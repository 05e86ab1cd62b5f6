{#- The prediction logs that are monitored live, from var `live_logs`; what is no prediction log of the project does
    not count. -#}
{% macro live_logs() %}
    {{ return(var('live_logs', []) | select('in', var('prediction_logs')) | list) }}
{% endmacro %}


{#- The tags of a model generated for a log: `intraday` where the log is monitored live. -#}
{% macro live_tags(log) %}
    {{ return(['intraday'] if log in dbt_model_risk.live_logs() else []) }}
{% endmacro %}


{#- A condition on `log_id`: the logs that are monitored live. -#}
{% macro is_live_log(column='log_id') -%}
    {%- set logs = dbt_model_risk.live_logs() -%}
    {{ column ~ " in ('" ~ logs | join("', '") ~ "')" if logs else '1 = 0' }}
{%- endmacro %}
