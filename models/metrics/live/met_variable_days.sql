{#- A year and a month of days, so that a run costs the same however long a version is in use. -#}
{%- set as_of = as_of_date() -%}
{%- set history_days = 396 -%}
with

baseline_bins as (

    select * from {{ ref('evd_baselines') }}
    where
        {{ is_live_log() }}
        and frozen_date <= {{ as_of }}

),

reference_sums as (

    select * from {{ ref('met_live_baselines') }}
    where segment_key = 'all'

),

feature_bins as (

    select * from {{ ref('evd_feature_bins') }}
    where
        {{ is_live_log() }}
        and segment_key = 'all'
        and known_date <= {{ as_of }}
        and event_date > {{ as_of }} - {{ history_days }}
        and event_date <= {{ as_of }}
        and not starts_with(variable, 'rule:')

),

versions as (

    select distinct
        model_id,
        model_version,
        baseline_from,
        baseline_to

    from baseline_bins

),

kinds as (

    select distinct
        model_id,
        model_version,
        variable,
        variable_kind

    from baseline_bins

),

-- The moments stand in one cell of their own, so no cell needs a sum of its own.
sums as (

    select
        feature_bins.model_id,
        feature_bins.model_version,
        feature_bins.variable,
        feature_bins.event_date,
        sum(feature_bins.n) as row_count,
        coalesce(sum(feature_bins.n) filter (feature_bins.bin_id = -1), 0) as missing_count,
        coalesce(sum(feature_bins.n) filter (feature_bins.bin_id = -2), 0) as unseen_count,
        sum(feature_bins.value_sum order by feature_bins.known_date)
        filter (feature_bins.bin_id = -9) as value_sum,
        sum(feature_bins.value_square_sum order by feature_bins.known_date)
        filter (feature_bins.bin_id = -9) as square_sum

    from feature_bins
    inner join versions
        on
            feature_bins.model_id = versions.model_id
            and feature_bins.model_version = versions.model_version
            and feature_bins.event_date > coalesce(versions.baseline_to, date '0001-01-01')

    group by all

    union all

    select
        model_id,
        model_version,
        variable,
        null as event_date,
        sum(n) as row_count,
        coalesce(sum(n) filter (bin_id = -1), 0) as missing_count,
        coalesce(sum(n) filter (bin_id = -2), 0) as unseen_count,
        max(value_sum) filter (bin_id = -9) as value_sum,
        max(value_square_sum) filter (bin_id = -9) as square_sum

    from reference_sums

    group by all

),

days as (

    select
        model_id,
        model_version,
        event_date,
        max(row_count) as model_row_count

    from sums

    group by all

),

variables as (

    select distinct
        model_id,
        model_version,
        variable

    from sums

)

select
    days.model_id,
    days.model_version,
    variables.variable,
    kinds.variable_kind,
    days.event_date,
    days.event_date is null and versions.baseline_to < {{ as_of }} - {{ history_days }} as is_cut,
    cast(days.model_row_count as bigint) as model_row_count,
    cast(coalesce(sums.row_count, 0) as bigint) as row_count,
    cast(coalesce(sums.missing_count, 0) as bigint) as missing_count,
    cast(coalesce(sums.unseen_count, 0) as bigint) as unseen_count,
    sums.value_sum,
    sums.square_sum

from days

inner join versions
    on days.model_id = versions.model_id and days.model_version = versions.model_version
inner join variables
    on days.model_id = variables.model_id and days.model_version = variables.model_version
left join kinds
    on
        days.model_id = kinds.model_id
        and days.model_version = kinds.model_version
        and variables.variable = kinds.variable
left join sums
    on
        days.model_id = sums.model_id
        and days.model_version = sums.model_version
        and variables.variable = sums.variable
        and days.event_date is not distinct from sums.event_date
