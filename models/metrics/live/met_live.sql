{#- The figures of live monitoring that indicators read; each member is a table of metric rows. -#}
{%- set members = ['met_freshness', 'met_live_drift_indicators', 'met_live_estimates'] -%}
{% for member in members -%}
{{ 'union all' if not loop.first }}
select
    {{ metric_columns() }}

from {{ ref(member) }}
{% endfor -%}
