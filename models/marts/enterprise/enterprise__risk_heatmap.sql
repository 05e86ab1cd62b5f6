with

evaluations as (

    {{ declared_verdicts() }}

),

kri_definitions as (

    select * from {{ ref('kri_definitions') }}

),

models as (

    {{ known_rows('models') }}

),

verdicts as (

    select
        evaluations.*,
        kri_definitions.source_table as kri_family

    from evaluations

    inner join kri_definitions on evaluations.kri_id = kri_definitions.kri_id

),

counted as (

    select
        sandbox_id,
        model_tier,
        kri_family,
        {{ status_counts() }},
        count(*) filter (where rag_status = 'red' and severity = 'block') as n_hard_red,
        count(*) filter (where enforcement = 'block') as n_blocking,
        max({{ status_rank('rag_status') }}) as worst_status_rank

    from verdicts

    group by all

),

-- A model counts once in a cell, however many versions and policies it has there.
cell_models as (

    select
        sandbox_id,
        model_tier,
        kri_family,
        model_id,
        bool_or(rag_status = 'red') as is_red

    from verdicts

    group by all

),

exposures as (

    select
        cell_models.sandbox_id,
        cell_models.model_tier,
        cell_models.kri_family,
        coalesce(sum(models.exposure_amount), 0) as exposure_amount,
        coalesce(sum(models.exposure_amount) filter (where cell_models.is_red), 0)
            as exposure_red_amount

    from cell_models

    left join models on cell_models.model_id = models.model_id

    group by all

),

cells as (

    select
        counted.*,
        exposures.exposure_amount,
        exposures.exposure_red_amount

    from counted

    inner join exposures
        on
            counted.sandbox_id = exposures.sandbox_id
            and counted.model_tier = exposures.model_tier
            and counted.kri_family = exposures.kri_family

)

select
    sandbox_id || '|' || model_tier || '|' || kri_family as risk_heatmap_key,
    {{ as_of_date() }} as as_of_date,
    sandbox_id,
    model_tier,
    kri_family,
    n_total,
    n_green,
    n_amber,
    n_red,
    n_grey,
    n_blocking,
    (n_total - n_grey) / n_total as coverage_rate,
    exposure_amount,
    exposure_red_amount,
    {{ status_of_rank('worst_status_rank') }} as worst_status,
    {{ aggregate_status() }} as aggregate_status,
    {{ status_rank('aggregate_status') }} as aggregate_status_rank

from cells
