with

periods as (

    select * from {{ ref('met_periods') }}
    where problem_type = 'binary'

),

score_outcomes as (

    select * from {{ ref('evd_score_outcomes') }}

),

models as (

    {{ known_rows('models') }}

),

matured as (

    {{ matured_outcomes() }}

),

measures as (

    {{ discrimination_measures() }}

)

{{ metric_rows('measures') }}
