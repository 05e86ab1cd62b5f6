{{ union_logs('evd_', '__scores', live_logs(), columns={
    'log_id': 'varchar', 'model_id': 'varchar', 'model_version': 'varchar', 'event_date': 'date',
    'known_date': 'date', 'segment_key': 'varchar', 'segment_value': 'varchar', 'binned_by': 'varchar',
    'score_bin': 'bigint', 'score_resolution': 'bigint', 'predicted_class': 'varchar', 'n': 'bigint',
    'score_sum': 'double', 'outcome_count': 'bigint', 'event_count': 'bigint',
    'absolute_error_sum': 'double', 'error_square_sum': 'double'
}) }}
