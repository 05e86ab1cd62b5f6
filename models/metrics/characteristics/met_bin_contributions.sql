{#- What the bins add to the indices that are measured: the parts sum to psi of met_drift and to
    information_value of met_characteristics, and are null with the reason where those are. -#}
{%- set cohort = [
    'model_id', 'model_version', 'period_grain', 'period_start', 'period_end', 'variable'
] | join(', ') -%}
with

drift_bins as (

    select * from {{ ref('met_drift_bins') }}
    where segment_key = 'all' and bin_id <> -9

),

drift as (

    select * from {{ ref('met_drift') }}
    where segment_key = 'all' and metric = 'psi'

),

judged_periods as (

    select * from {{ ref('met_periods') }}
    where is_judged_grain

),

models as (

    {{ models_with('validation') }}

),

categories as (

    select
        model_id,
        model_version,
        variable,
        declared_bin_id,
        string_agg(category, ', ' order by category) as category

    from {{ ref('evd_baselines') }}

    where category is not null

    group by all

),

characteristic_bins as (

    select * from {{ ref('met_characteristic_bins') }}
    where segment_key = 'all'

),

characteristics as (

    select * from {{ ref('met_characteristics') }}
    where segment_key = 'all'

),

counted as (

    select
        drift_bins.model_id,
        drift_bins.model_version,
        drift_bins.period_grain,
        drift_bins.period_start,
        drift_bins.period_end,
        drift_bins.variable,
        drift_bins.declared_bin_id,
        if(bool_or(drift_bins.lower_edge is null), null, min(drift_bins.lower_edge)) as lower_edge,
        if(bool_or(drift_bins.upper_edge is null), null, max(drift_bins.upper_edge)) as upper_edge,
        cast(sum(drift_bins.reference_count) as bigint) as reference_count,
        cast(sum(drift_bins.current_count) as bigint) as current_count

    from drift_bins
    inner join models using (model_id)
    inner join judged_periods
        using (model_id, model_version, period_grain, period_start, period_end)

    group by all

),

shares as (

    select
        counted.*,
        characteristic_bins.event_count + characteristic_bins.nonevent_count as outcome_count,
        characteristic_bins.event_count,
        reference_count / nullif(sum(reference_count) over cohort, 0) as reference_share,
        current_count / nullif(sum(current_count) over cohort, 0) as current_share,
        characteristic_bins.event_count
        / nullif(sum(characteristic_bins.event_count) over cohort, 0) as event_share,
        characteristic_bins.nonevent_count
        / nullif(sum(characteristic_bins.nonevent_count) over cohort, 0) as nonevent_share

    from counted
    left join characteristic_bins
        using (
            model_id, model_version, period_grain, period_start, period_end, variable,
            declared_bin_id
        )

    window cohort as (partition by {{ cohort }})

)

select
    shares.model_id,
    shares.model_version,
    shares.period_grain,
    shares.period_start,
    shares.period_end,
    {{ as_of_date() }} as known_date,
    shares.variable,
    cast(shares.declared_bin_id as integer) as declared_bin_id,
    shares.lower_edge,
    shares.upper_edge,
    categories.category,
    shares.reference_count,
    shares.current_count,
    shares.reference_share,
    shares.current_share,
    if(
        drift.value is null,
        null,
        {{ psi_contribution('shares.reference_share', 'shares.current_share') }}
    ) as psi_contribution,
    drift.status_reason as psi_reason,
    shares.outcome_count,
    shares.event_count,
    shares.event_count / nullif(shares.outcome_count, 0) as observed_rate,
    {{ wilson_bound('shares.event_count', 'shares.outcome_count', '-') }} as observed_rate_low,
    {{ wilson_bound('shares.event_count', 'shares.outcome_count', '+') }} as observed_rate_high,
    if(
        characteristics.value is null or shares.outcome_count is null,
        null,
        {{ weight_of_evidence('shares.event_share', 'shares.nonevent_share') }}
    ) as woe,
    (
        {{ floored_share('shares.nonevent_share') }} - {{ floored_share('shares.event_share') }}
    ) * woe as iv_contribution,
    if(characteristics.metric is null, 'no_data', characteristics.status_reason) as iv_reason

from shares
left join drift
    on
        shares.model_id = drift.model_id
        and shares.model_version = drift.model_version
        and shares.period_grain = drift.period_grain
        and shares.period_start = cast(drift.period_start as date)
        and shares.variable = drift.variable
left join characteristics
    on
        shares.model_id = characteristics.model_id
        and shares.model_version = characteristics.model_version
        and shares.period_grain = characteristics.period_grain
        and shares.period_start = characteristics.period_start
        and shares.variable = characteristics.variable
left join categories
    on
        shares.model_id = categories.model_id
        and shares.model_version = categories.model_version
        and shares.variable = categories.variable
        and shares.declared_bin_id = categories.declared_bin_id
