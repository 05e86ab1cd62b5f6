{#- A bin that nothing fell into has no row: its shares are zero. -#}
with

models as (

    {{ models_with('validation') }}

),

periods as (

    select periods.*
    from {{ ref('met_periods') }} as periods
    inner join models using (model_id)
    where periods.problem_type = 'binary'

),

days as (

    {{ period_days() }}

),

declared_bins as (

    select distinct
        log_id,
        model_id,
        model_version,
        variable,
        bin_id,
        declared_bin_id

    from {{ ref('evd_baselines') }}

),

characteristics as (

    select * from {{ ref('evd_characteristics') }}
    where known_date <= {{ as_of_date() }}

),

bin_days as (

    select
        characteristics.model_id,
        characteristics.model_version,
        characteristics.segment_key,
        characteristics.segment_value,
        characteristics.variable,
        bins.declared_bin_id,
        sum(if(characteristics.outcome_class = '1', characteristics.n, 0)) as events,
        sum(if(characteristics.outcome_class = '0', characteristics.n, 0)) as nonevents,
        characteristics.event_date

    from characteristics
    left join declared_bins as bins
        using (log_id, model_id, model_version, variable, bin_id)

    group by all

)

select
    days.model_id,
    days.model_version,
    bin_days.segment_key,
    bin_days.segment_value,
    days.period_grain,
    days.period_start,
    days.period_end,
    bin_days.variable,
    bin_days.declared_bin_id,
    cast(sum(bin_days.events) as bigint) as event_count,
    cast(sum(bin_days.nonevents) as bigint) as nonevent_count

from bin_days
inner join days using (model_id, model_version, event_date)

where days.is_matured

group by all

having sum(bin_days.events) > 0 or sum(bin_days.nonevents) > 0
