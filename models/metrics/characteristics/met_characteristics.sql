{#- Information value: the index of stability between those without and with the event, so that
    zero cells are treated like there. Its interval goes by the delta method on two multinomial samples. -#}
{%- set cohort = [
    'model_id', 'model_version', 'segment_key', 'segment_value',
    'period_grain', 'period_start', 'period_end', 'variable'
] | join(', ') -%}
with

characteristic_bins as (

    select * from {{ ref('met_characteristic_bins') }}

),

variables as (

    select distinct
        model_id,
        model_version,
        variable

    from {{ ref('evd_characteristics') }}

    where known_date <= {{ as_of_date() }}

),

models as (

    {{ models_with('validation') }}

),

periods as (

    select
        periods.*,
        variables.variable

    from {{ ref('met_periods') }} as periods
    inner join models using (model_id)
    left join variables using (model_id, model_version)

    where periods.problem_type = 'binary'

),

shares as (

    select
        *,
        event_count / nullif(sum(event_count) over cohort, 0) as event_share,
        nonevent_count / nullif(sum(nonevent_count) over cohort, 0) as nonevent_share

    from characteristic_bins

    window cohort as (partition by {{ cohort }})

),

weighed as (

    select
        *,
        {{ weight_of_evidence('event_share', 'nonevent_share') }} as woe,
        {{ floored_share('event_share') }} as floored_event_share,
        {{ floored_share('nonevent_share') }} as floored_nonevent_share,
        -- what a share more adds to the information value
        woe + 1 - floored_event_share / floored_nonevent_share as nonevent_slope,
        -woe + 1 - floored_nonevent_share / floored_event_share as event_slope

    from shares

),

summed as (

    select
        {{ cohort }},
        sum(event_count + nonevent_count) as case_count,
        sum(event_count) as event_count,
        count(*) as bin_count,
        bool_and(declared_bin_id is null) as is_unbinned,
        {{ exact_sum('(floored_nonevent_share - floored_event_share) * woe') }}
            as information_value,
        {{ exact_sum('event_share * event_slope') }} as event_slope_mean,
        {{ exact_sum('event_share * event_slope * event_slope') }} as event_slope_square,
        {{ exact_sum('nonevent_share * nonevent_slope') }} as nonevent_slope_mean,
        {{ exact_sum('nonevent_share * nonevent_slope * nonevent_slope') }} as nonevent_slope_square

    from weighed

    group by all

),

cohorts as (

    {{ measured_cohorts('summed', keys=['variable']) }}

),

judged as (

    select
        *,
        1.959963984540054 * sqrt(
            greatest(0, event_slope_square - event_slope_mean * event_slope_mean)
            / nullif(event_count, 0)
            + greatest(0, nonevent_slope_square - nonevent_slope_mean * nonevent_slope_mean)
            / nullif(sample_size - event_count, 0)
        ) as margin,
        case
            when cohort_reason is not null then cohort_reason
            when is_unbinned then 'no_baseline'
            when event_count in (0, sample_size) then 'single_class'
            when
                sample_size < {{ var('minimum_performance_sample', 100) }}
                or least(event_count, sample_size - event_count)
                < {{ var('minimum_class_count', 20) }}
                then 'small_sample'
        end as reason,
        case when bin_count = 1 then 'zero_variance' end as caveat

    from cohorts

),

measures as (

    select
        *,
        {{ metric_value(
            'information_value', 'information_value', 'iv_declared_bins_floor_1e-4_delta_95',
            'reason', 'caveat', 'greatest(0, information_value - margin)',
            'information_value + margin'
        ) }} as measure

    from judged

)

{{ metric_rows('measures', 'variable') }}
