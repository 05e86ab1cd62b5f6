{#- Everything that is measured of a trading book and its models, for indicators to read. -#}
{%- for table in [
    'met_backtests',
    'met_shortfall_tests',
    'met_attribution',
    'met_desk_tests',
    'met_scenario_controls',
    'met_stress',
    'met_limits',
    'met_model_uncertainty',
    'met_concentration',
    'met_portfolio_performance'
] %}
{{ 'union all' if not loop.first }}
select
    '{{ table }}' as metric_table,
    cast(known_date as date) as known_date,
    {{ metric_columns() }}

from {{ ref(table) }}
{%- endfor %}
