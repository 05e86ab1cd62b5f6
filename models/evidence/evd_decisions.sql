{{ union_logs('evd_', '__decisions', var('validated_logs', []), columns={
    'log_id': 'varchar', 'model_id': 'varchar', 'model_version': 'varchar', 'event_date': 'date',
    'known_date': 'date', 'segment_key': 'varchar', 'segment_value': 'varchar',
    'key_role': 'varchar', 'decision': 'varchar', 'final_decision': 'varchar',
    'override_reason': 'varchar', 'is_favourable': 'boolean', 'is_final_favourable': 'boolean',
    'predicted_class': 'varchar', 'outcome_class': 'varchar', 'n': 'bigint',
    'score_sum': 'double', 'score_square_sum': 'double', 'exposure_sum': 'double'
}) }}
