{#- The graph node of a log's staging view; its YAML says what the log's columns mean. -#}
{% macro log_node(log) %}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.name == 'stg_' ~ log -%}
        {{ return(node) }}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error(
        "No staging model stg_" ~ log ~ " for the log '" ~ log ~ "'. Write models/staging/stg_" ~ log
        ~ ".sql and its YAML (`dbt-model-risk scaffold` does), or take the log out of the vars "
        ~ "prediction_logs, market_risk_logs and holding_logs."
    ) }}
{% endmacro %}
