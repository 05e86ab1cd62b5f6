select
    kri_id,
    name as kri_name,
    source_table as kri_family,
    metric,
    variable_scope,
    aggregation,
    problem_type,
    unit,
    direction,
    appetite_statement,
    convention_id,
    description as kri_description,
    minimum_sample_size

from {{ ref('kri_definitions') }}
