{% set columns = {
    'log_id': 'varchar', 'risk_date': 'date', 'portfolio_id': 'varchar', 'model_id': 'varchar',
    'model_version': 'varchar', 'known_date': 'date', 'forecast_at': 'timestamp',
    'loaded_at': 'timestamp'
} -%}
{%- for figure in market_risk_figures() %}{% do columns.update({figure: 'double'}) %}{% endfor -%}
{{ union_logs('evd_', '__days', var('market_risk_logs'), columns=columns) }}
