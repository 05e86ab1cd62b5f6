{{ union_logs('evd_', '__predictions', var('prediction_logs'), columns={
    'log_id': 'varchar', 'model_id': 'varchar', 'model_version': 'varchar', 'event_date': 'date',
    'known_date': 'date', 'segment_key': 'varchar', 'segment_value': 'varchar',
    'variable': 'varchar', 'bin_id': 'bigint', 'n': 'bigint', 'value_sum': 'double',
    'value_square_sum': 'double'
}) }}
