{%- set logs = var('multivariate_logs', []) -%}
with

{% for log in logs -%}
{{ evidence_sample(log, var('multivariate_sample', 2000)) }}{{ ',' if not loop.last }}

{% endfor -%}
{% for log in logs -%}
{{ 'union all' if not loop.first }}

select
    '{{ log }}' as log_id,
    model_id,
    model_version,
    sample_window,
    row_number,
    variable,
    number_value,
    text_value

from {{ log }}__features
{% endfor %}
