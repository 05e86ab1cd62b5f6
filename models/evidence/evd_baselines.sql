{{ union_logs('evd_', '__baseline', var('prediction_logs'), columns={
    'log_id': 'varchar', 'model_id': 'varchar', 'model_version': 'varchar',
    'baseline_id': 'varchar', 'variable': 'varchar', 'variable_kind': 'varchar',
    'bin_id': 'bigint', 'lower_edge': 'double', 'upper_edge': 'double', 'category': 'varchar',
    'declared_bin_id': 'bigint', 'frozen_date': 'date', 'registered_date': 'date',
    'baseline_from': 'date', 'baseline_to': 'date'
}) }}
