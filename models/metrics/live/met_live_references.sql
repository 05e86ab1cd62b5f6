{#- The baseline of each version by the cell of its scores, with outcomes as known when the last
    was due, or the baseline was frozen: like the frozen bins, it never changes again. -#}
with

baselines as (

    select distinct
        model_id,
        model_version,
        baseline_from,
        baseline_to,
        frozen_date

    from {{ ref('evd_baselines') }}

    where
        {{ is_live_log() }}
        and frozen_date <= {{ as_of_date() }}
        and baseline_to is not null

),

models as (

    {{ known_rows('models') }}

),

scores as (

    select * from {{ ref('evd_scores') }}
    where segment_key = 'all' and known_date <= {{ as_of_date() }}

),

dated as (

    select
        baselines.*,
        greatest(
            baselines.baseline_to + cast(models.outcome_horizon_days as integer),
            baselines.frozen_date
        ) as reference_known_on

    from baselines
    inner join models on baselines.model_id = models.model_id

)

select
    dated.model_id,
    dated.model_version,
    dated.baseline_from,
    dated.baseline_to,
    dated.reference_known_on,
    scores.event_date,
    scores.binned_by,
    scores.score_bin,
    scores.predicted_class,
    cast(sum(scores.n) as bigint) as n,
    cast(sum(scores.outcome_count) as bigint) as outcome_count,
    cast(sum(scores.event_count) as bigint) as event_count,
    {{ exact_sum('scores.absolute_error_sum') }} as absolute_error_sum,
    {{ exact_sum('scores.error_square_sum') }} as error_square_sum

from dated
inner join scores
    on
        dated.model_id = scores.model_id
        and dated.model_version = scores.model_version
        and scores.event_date between dated.baseline_from and dated.baseline_to
        and dated.reference_known_on >= scores.known_date

group by all

having sum(scores.n) <> 0 or sum(scores.outcome_count) <> 0
