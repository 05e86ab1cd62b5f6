{{ union_logs('evd_', '__pairs', var('validated_logs', []), columns={
    'log_id': 'varchar', 'pair_kind': 'varchar', 'model_id': 'varchar', 'model_version': 'varchar',
    'other_version': 'varchar', 'event_date': 'date', 'known_date': 'date',
    'segment_key': 'varchar', 'segment_value': 'varchar', 'score_bin': 'bigint',
    'other_score_bin': 'bigint', 'score_resolution': 'bigint', 'outcome_class': 'varchar',
    'n': 'bigint'
}) }}
