{#- Detection at the number of cases that analysts look at in a day, on matured cohorts. Intervals
    are Wilson's on expected counts. Outcomes that never came compete for no alert, which the
    caveat says. -#}
{%- set counts = [
    'alerts', 'alerts_least', 'alerts_most', 'caught', 'caught_least', 'caught_most',
    'false_alerts_least', 'false_alerts_most', 'amount', 'caught_amount', 'caught_amount_least',
    'caught_amount_most'
] -%}
with

models as (

    {{ models_with('validation') }}

),

parameters as (

    {{ known_rows('validation_parameters') }}

),

periods as (

    select
        periods.*,
        parameters.alert_capacity_per_day as capacity

    from {{ ref('met_periods') }} as periods
    inner join models using (model_id)
    left join parameters using (model_id, model_version)

    where periods.problem_type = 'binary'

),

days as (

    {{ period_days() }}

),

alert_days as (

    select * from {{ ref('met_alert_days') }}

),

scored_days as (

    select
        model_id,
        model_version,
        sum(n) as scored,
        event_date

    from {{ ref('evd_feature_bins') }}

    where
        variable = 'score'
        and bin_id <> -9
        and segment_key = 'all'
        and known_date <= {{ as_of_date() }}

    group by all

),

summed as (

    select
        days.model_id,
        days.model_version,
        coalesce(alert_days.segment_key, 'all') as segment_key,
        coalesce(alert_days.segment_value, 'all') as segment_value,
        days.period_grain,
        sum(alert_days.cases) as case_count,
        sum(alert_days.events) as event_count,
        {%- for count in counts %}
        {{ exact_sum('alert_days.' ~ count) }} as {{ count }},
        {%- endfor %}
        bool_or(alert_days.is_redefined) as is_redefined,
        bool_or(coalesce(alert_days.portfolio_cases, 0) < scored_days.scored) as is_partial,
        days.period_start,
        days.period_end

    from days
    inner join scored_days using (model_id, model_version, event_date)
    left join alert_days using (model_id, model_version, event_date)

    where days.is_matured

    group by all

),

cohorts as (

    {{ measured_cohorts('summed') }}

),

rates as (

    select
        *,
        caught / nullif(alerts, 0) as precision_value,
        caught_least / nullif(caught_least + false_alerts_most, 0) as precision_least,
        caught_most / nullif(caught_most + false_alerts_least, 0) as precision_most,
        {{ wilson_bound('caught', 'alerts', '-') }} as precision_low,
        {{ wilson_bound('caught', 'alerts', '+') }} as precision_high,
        case
            when capacity is null then 'not_declared'
            when cohort_reason is not null then cohort_reason
            when is_redefined then 'definition_changed'
        end as reason,
        case
            when reason is not null then reason
            when event_count = 0 then 'single_class'
            when
                sample_size < {{ var('minimum_performance_sample', 100) }}
                or event_count < {{ var('minimum_class_count', 20) }}
                then 'small_sample'
        end as event_reason,
        -- without an alert there is nothing to be precise about
        coalesce(event_reason, if(alerts = 0, 'no_data', null)) as precision_reason,
        coalesce(precision_reason, if(caught_least <= 0, 'single_class', null)) as ratio_reason,
        coalesce(event_reason, if(amount > 0, null, 'no_data')) as amount_reason,
        case
            when
                bool_or(is_partial) over (
                    partition by model_id, model_version, period_grain, period_start
                )
                then 'partial_outcomes'
        end as caveat

    from cohorts

),

measures as (

    select
        *,
        unnest([
            {{ metric_value('alerts', 'alerts', 'alerts_of_day_expected_ties', 'reason', 'caveat',
                error_bound='greatest(alerts_most - alerts, alerts - alerts_least)') }},
            {{ metric_value('alert_rate', 'alerts / nullif(sample_size, 0)',
                'alerts_of_day_expected_ties', 'reason', 'caveat',
                error_bound='greatest(alerts_most - alerts, alerts - alerts_least) / sample_size')
            }},
            {{ metric_value('precision_at_capacity', 'precision_value',
                'expected_ties_wilson_95', 'precision_reason', 'caveat',
                'precision_low', 'precision_high',
                'greatest(precision_most - precision_value, precision_value - precision_least)') }},
            {{ metric_value('recall_at_capacity', 'caught / nullif(event_count, 0)',
                'expected_ties_wilson_95', 'event_reason', 'caveat',
                wilson_bound('caught', 'event_count', '-'),
                wilson_bound('caught', 'event_count', '+'),
                'greatest(caught_most - caught, caught - caught_least) / event_count') }},
            {{ metric_value('false_positive_ratio', '1 / nullif(precision_value, 0) - 1',
                'false_to_true_alerts_expected_ties_wilson_95', 'ratio_reason', 'caveat',
                '1 / nullif(precision_high, 0) - 1', '1 / nullif(precision_low, 0) - 1',
                'greatest(1 / nullif(precision_least, 0) - 1 / nullif(precision_value, 0),
                1 / nullif(precision_value, 0) - 1 / nullif(precision_most, 0))') }},
            {{ metric_value('value_detection_rate', 'caught_amount / nullif(amount, 0)',
                'outcome_amount_caught_expected_ties', 'amount_reason', 'caveat',
                error_bound='greatest(caught_amount_most - caught_amount,
                caught_amount - caught_amount_least) / amount') }}
        ]) as measure

    from rates

)

{{ metric_rows('measures') }}
