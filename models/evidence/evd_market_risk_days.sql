{{ union_logs('evd_', '__days', var('market_risk_logs'), columns={
    'log_id': 'varchar', 'risk_date': 'date', 'portfolio_id': 'varchar', 'model_id': 'varchar',
    'model_version': 'varchar', 'known_date': 'date', 'var_990': 'double', 'var_975': 'double',
    'es_975': 'double', 'pnl_actual': 'double', 'pnl_hypothetical': 'double',
    'pnl_risk_theoretical': 'double', 'forecast_at': 'timestamp', 'loaded_at': 'timestamp'
}) }}
