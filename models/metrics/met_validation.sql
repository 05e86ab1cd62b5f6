{#- Everything a validation measures beyond performance and drift, for indicators to read. -#}
{%- for table in [
    'met_score_tests',
    'met_grades',
    'met_migrations',
    'met_challenger',
    'met_fairness',
    'met_decision_overrides',
    'met_losses',
    'met_alert_capacity',
    'met_characteristics'
] %}
{{ 'union all' if not loop.first }}
select
    '{{ table }}' as metric_table,
    cast(known_date as date) as known_date,
    {{ metric_columns() }}

from {{ ref(table) }}
{%- endfor %}
