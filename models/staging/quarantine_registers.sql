{#- A register row that points nowhere or contradicts itself governs nothing, so it is shown
    here rather than lost. -#}
{% set references = [
    ('models', 'model_id', 'sandbox_id', 'sandboxes', 'sandbox_id'),
    ('models', 'model_id', 'owner_id', 'people', 'person_id'),
    ('models', 'model_id', 'developer_id', 'people', 'person_id'),
    ('models', 'model_id', 'validator_id', 'people', 'person_id'),
    ('model_versions', "concat(model_id, ' ', model_version)", 'model_id', 'models', 'model_id'),
    ('model_dependencies', "concat(upstream_model_id, ' ', downstream_model_id)",
        'upstream_model_id', 'models', 'model_id'),
    ('model_dependencies', "concat(upstream_model_id, ' ', downstream_model_id)",
        'downstream_model_id', 'models', 'model_id'),
    ('people', 'person_id', 'manager_id', 'people', 'person_id'),
    ('approvals', 'approval_id', 'model_id', 'models', 'model_id'),
    ('approvals', 'approval_id', 'approved_by', 'people', 'person_id'),
    ('validations', 'validation_id', 'model_id', 'models', 'model_id'),
    ('validations', 'validation_id', 'validator_id', 'people', 'person_id'),
    ('findings', 'finding_id', 'model_id', 'models', 'model_id'),
    ('findings', 'finding_id', 'owner_id', 'people', 'person_id'),
    ('findings', 'finding_id', 'raised_by_validation', 'validations', 'validation_id'),
    ('finding_extensions', "concat(finding_id, ' to ', extended_to)",
        'finding_id', 'findings', 'finding_id'),
    ('validation_components', "concat(validation_id, ' ', component)",
        'validation_id', 'validations', 'validation_id'),
    ('approval_conditions', 'condition_id', 'approval_id', 'approvals', 'approval_id'),
    ('approval_conditions', 'condition_id', 'owner_id', 'people', 'person_id'),
    ('model_uses', 'use_id', 'model_id', 'models', 'model_id'),
    ('sandbox_needs', "concat(sandbox_id, ' ', capability)", 'sandbox_id', 'sandboxes', 'sandbox_id'),
    ('policies', 'policy_id', 'kri_id', 'kri_definitions', 'kri_id'),
    ('policy_thresholds', "concat(policy_id, ' tier ', model_tier)",
        'policy_id', 'policies', 'policy_id'),
    ('waivers', 'waiver_id', 'policy_id', 'policies', 'policy_id'),
    ('waivers', 'waiver_id', 'sandbox_id', 'sandboxes', 'sandbox_id'),
    ('waivers', 'waiver_id', 'model_id', 'models', 'model_id'),
    ('threshold_overrides', 'override_id', 'policy_id', 'policies', 'policy_id'),
    ('threshold_overrides', 'override_id', 'sandbox_id', 'sandboxes', 'sandbox_id'),
    ('threshold_overrides', 'override_id', 'model_id', 'models', 'model_id'),
    ('scenario_shocks', "concat_ws(' ', scenario_id, scenario_version, 'step', step, factor_id)",
        'factor_id', 'factor_definitions', 'factor_id'),
    ('scenario_shocks', "concat_ws(' ', scenario_id, scenario_version, 'step', step, factor_id)",
        'scenario_id', 'scenarios', 'scenario_id'),
    ('factor_definitions', 'factor_id', 'volatility_factor_id', 'factor_definitions', 'factor_id'),
    ('factor_proxies', "concat(sandbox_id, ' ', factor_id)",
        'factor_id', 'factor_definitions', 'factor_id'),
    ('factor_proxies', "concat(sandbox_id, ' ', factor_id)",
        'proxy_factor_id', 'factor_definitions', 'factor_id'),
    ('satellite_models', 'satellite_id', 'sandbox_id', 'sandboxes', 'sandbox_id'),
    ('satellite_models', 'satellite_id', 'model_id', 'models', 'model_id'),
    ('satellite_models', 'satellite_id', 'driver_factor_id', 'factor_definitions', 'factor_id'),
    ('satellite_models', 'satellite_id', 'approved_by', 'people', 'person_id'),
    ('credit_books', 'book_id', 'sandbox_id', 'sandboxes', 'sandbox_id'),
    ('credit_books', 'book_id', 'model_id', 'models', 'model_id'),
    ('credit_books', 'book_id', 'satellite_id', 'satellite_models', 'satellite_id'),
    ('reverse_stress_targets', "concat(sandbox_id, ' ', portfolio_id)",
        'sandbox_id', 'sandboxes', 'sandbox_id'),
    ('reverse_stress_targets', "concat(sandbox_id, ' ', portfolio_id)",
        'approved_by', 'people', 'person_id'),
    ('backtest_excusals', "concat(portfolio_id, ' ', risk_date)",
        'sandbox_id', 'sandboxes', 'sandbox_id'),
    ('backtest_excusals', "concat(portfolio_id, ' ', risk_date)",
        'approved_by', 'people', 'person_id'),
    ('limits', "concat(limit_id, ' from ', effective_from)", 'sandbox_id', 'sandboxes', 'sandbox_id'),
    ('limits', "concat(limit_id, ' from ', effective_from)", 'model_id', 'models', 'model_id'),
    ('limits', "concat(limit_id, ' from ', effective_from)", 'owner_id', 'people', 'person_id'),
    ('limits', "concat(limit_id, ' from ', effective_from)", 'parent_limit_id', 'limits', 'limit_id'),
    ('temporary_limits', 'temporary_limit_id', 'limit_id', 'limits', 'limit_id'),
    ('temporary_limits', 'temporary_limit_id', 'approved_by', 'people', 'person_id'),
    ('breach_responses', 'response_id', 'limit_id', 'limits', 'limit_id'),
    ('breach_responses', 'response_id', 'acknowledged_by', 'people', 'person_id'),
    ('mandates', "concat(sandbox_id, ' ', portfolio_id)", 'sandbox_id', 'sandboxes', 'sandbox_id'),
    ('mandates', "concat(sandbox_id, ' ', portfolio_id)", 'approved_by', 'people', 'person_id'),
    ('log_agreements', 'log_id', 'owner_id', 'people', 'person_id'),
    ('log_agreements', 'log_id', 'approved_by', 'people', 'person_id'),
    ('alert_routes', 'route_id', 'sandbox_id', 'sandboxes', 'sandbox_id'),
    ('alert_routes', 'route_id', 'policy_id', 'policies', 'policy_id'),
    ('alert_routes', 'route_id', 'approved_by', 'people', 'person_id'),
] %}

{% for register, row_key, column, target, target_column in references %}
{{ dbt_model_risk.dangling_rows(register, row_key, column, target, target_column) }}
union all
{% endfor %}

{{ dbt_model_risk.crossed_limits('policy_thresholds', "concat(policy_id, ' tier ', model_tier)") }}

union all

{{ dbt_model_risk.crossed_limits('threshold_overrides', 'override_id') }}

union all

{{ dbt_model_risk.second_champions() }}
