{{ union_logs('evd_', '__characteristics', var('validated_logs', []), columns={
    'log_id': 'varchar', 'model_id': 'varchar', 'model_version': 'varchar', 'event_date': 'date',
    'known_date': 'date', 'segment_key': 'varchar', 'segment_value': 'varchar',
    'variable': 'varchar', 'bin_id': 'bigint', 'outcome_class': 'varchar', 'n': 'bigint'
}) }}
