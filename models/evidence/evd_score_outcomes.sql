{{ union_logs('evd_', '__outcomes', var('prediction_logs'), columns={
    'log_id': 'varchar', 'model_id': 'varchar', 'model_version': 'varchar', 'event_date': 'date',
    'known_date': 'date', 'segment_key': 'varchar', 'segment_value': 'varchar',
    'score_bin': 'bigint', 'score_resolution': 'bigint', 'predicted_class': 'varchar',
    'outcome_class': 'varchar', 'n': 'bigint', 'score_sum': 'double',
    'score_square_sum': 'double', 'outcome_sum': 'double', 'outcome_square_sum': 'double',
    'score_outcome_sum': 'double', 'absolute_error_sum': 'double', 'log_loss_sum': 'double',
    'hit_count': 'bigint', 'interval_count': 'bigint', 'covered_count': 'bigint',
    'amount_sum': 'double', 'exposure_sum': 'double', 'log_loss_clipped_count': 'bigint',
    'exposure_score_sum': 'double', 'exposure_outcome_sum': 'double',
    'pinball_lower_sum': 'double', 'pinball_upper_sum': 'double'
}) }}
