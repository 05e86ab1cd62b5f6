{#- The cohorts that met_score_bins counts, numbered. Whether one can be judged, and its AUC, Brier
    score and log loss, are read where they are measured. -#}
{%- set cohort = [
    'model_id', 'model_version', 'segment_key', 'segment_value',
    'period_grain', 'period_start', 'period_end'
] | join(', ') -%}
with

performance as (

    select * from {{ ref('met_performance') }}

),

models as (

    {{ models_with('validation') }}

),

parameters as (

    {{ known_rows('validation_parameters') }}

),

auc as (

    select
        *,
        -- of an interval cut at 0 or 1, the other side is whole
        greatest(value - ci_low, ci_high - value) / 1.959963984540054 as standard_error,
        case when value is null then status_reason end as reason,
        case when value is not null then status_reason end as caveat

    from performance
    where metric = 'auc' and model_id in (select models.model_id from models)

),

losses as (

    select
        {{ cohort }},
        any_value(if(metric = 'brier', value, null)) as brier,
        any_value(if(metric = 'log_loss', value, null)) as log_loss,
        any_value(if(metric = 'brier', status_reason, null)) as reason

    from performance
    where metric in ('brier', 'log_loss')

    group by all

)

select
    row_number() over (order by {{ cohort }}) as cohort_number,
    model_id,
    model_version,
    segment_key,
    segment_value,
    period_grain,
    auc.reason as discrimination_reason,
    coalesce(losses.reason, auc.reason) as calibration_reason,
    auc.caveat,
    auc.sample_size,
    auc.event_count,
    auc.value as auc,
    auc.standard_error as auc_standard_error,
    auc.error_bound as auc_error_bound,
    -- a segment ranks less than the portfolio that the value was validated on
    if(segment_key = 'all', parameters.validated_auc, null) as validated_auc,
    losses.brier,
    losses.log_loss,
    period_start,
    period_end

from auc
inner join losses using ({{ cohort }})
left join parameters using (model_id, model_version)
