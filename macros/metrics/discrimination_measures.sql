{#- How well scores rank events above nonevents, from the CTEs `matured`, `models` and `periods`: one row per cohort with
    the metric_value struct `measure`. Bins are walked from the riskiest down; the cases of one bin count as tied. The
    bounds say how far the same metric on unbinned scores can be away, since a bin's cases may stand in any order. Counts
    stay integers until the last division. The interval of the AUC: DeLong, DeLong and Clarke-Pearson (1988), Biometrics
    44, 837-845. -#}
{% macro discrimination_measures() -%}
{%- set cohort = [
    'model_id', 'model_version', 'segment_key', 'segment_value',
    'period_grain', 'period_start', 'period_end'
] | join(', ') -%}
    with

    bins as (

        select
            {{ cohort }},
            score_resolution,
            if(models.score_direction = 'lower_is_event', -score_bin, score_bin) as risk_bin,
            sum(if(outcome_class = '1', n, 0)) as events,
            sum(if(outcome_class = '0', n, 0)) as nonevents

        from matured
        inner join models using (model_id)

        group by all

        having events + nonevents > 0

    ),

    walked as (

        select
            *,
            sum(events) over cohort as event_count,
            sum(nonevents) over cohort as nonevent_count,
            coalesce(sum(events) over above, 0) as events_above,
            coalesce(sum(nonevents) over above, 0) as nonevents_above,
            2 * (nonevent_count - nonevents_above) - nonevents as doubled_nonevents_below,
            2 * events_above + events as doubled_events_above

        from bins

        window
            cohort as (partition by {{ cohort }}),
            above as (
                partition by {{ cohort }} order by risk_bin desc
                rows between unbounded preceding and 1 preceding
            )

    ),

    placed as (

        select
            *,
            events_above / nullif(event_count, 0) - nonevents_above / nullif(nonevent_count, 0) as gap,
            events / nullif(event_count, 0) as event_share,
            nonevents / nullif(nonevent_count, 0) as nonevent_share,
            events * (events_above + events)
            / (events_above + events + nonevents_above + nonevents) as precision_sum,
            events * (events_above + events)
            / nullif(events_above + events + nonevents_above, 0) as precision_sum_most,
            case
                when events + nonevents = 1 or nonevents_above + nonevents = 0 then precision_sum
                else
                    events - (nonevents_above + nonevents)
                    * ln(1 + events / (events_above + nonevents_above + nonevents))
            end as precision_sum_least,
            least(events + nonevents, greatest(
                0, (event_count + nonevent_count) / 10 - events_above - nonevents_above
            )) as captured_cases,
            captured_cases * events / (events + nonevents) as captured_events,
            least(events, captured_cases) as captured_most,
            greatest(0, captured_cases - nonevents) as captured_least

        from walked

    ),

    summed as (

        select
            {{ cohort }},
            any_value(event_count) as event_count,
            any_value(nonevent_count) as nonevent_count,
            any_value(event_count + nonevent_count) as case_count,
            any_value(2 * event_count * nonevent_count) as doubled_pairs,
            count(*) as bin_count,
            min(score_resolution) >= 1099511627776 as is_exact,
            min(score_resolution) <> max(score_resolution) as is_redefined,
            sum(events * nonevents) as tied_pairs,
            sum(events * doubled_nonevents_below) as doubled_wins,
            sum(events * doubled_nonevents_below * doubled_nonevents_below) as event_squares,
            sum(nonevents * doubled_events_above * doubled_events_above) as nonevent_squares,
            max(abs(gap + event_share - nonevent_share)) as ks,
            max(greatest(abs(gap + event_share), abs(gap - nonevent_share))) as ks_most,
            {{ dbt_model_risk.exact_sum('precision_sum') }} as precision_sum,
            {{ dbt_model_risk.exact_sum('precision_sum_most') }} as precision_sum_most,
            {{ dbt_model_risk.exact_sum('precision_sum_least') }} as precision_sum_least,
            {{ dbt_model_risk.exact_sum('captured_events') }} as captured_events,
            {{ dbt_model_risk.exact_sum('captured_most') }} as captured_most,
            {{ dbt_model_risk.exact_sum('captured_least') }} as captured_least

        from placed

        group by all

    ),

    cohorts as (

        {{ dbt_model_risk.measured_cohorts('summed') }}

    ),

    measured as (

        select
            *,
            if(is_exact, 0, 1) as is_binned,
            doubled_wins / nullif(doubled_pairs, 0) as auc,
            tied_pairs / nullif(doubled_pairs, 0) as auc_error,
            event_squares / nullif(2 * doubled_pairs * nonevent_count, 0)
            - auc * auc as event_variance,
            nonevent_squares / nullif(2 * doubled_pairs * event_count, 0)
            - auc * auc as nonevent_variance,
            if(bin_count > 1, 1.959963984540054 * sqrt(
                greatest(0, event_variance) / nullif(event_count - 1, 0)
                + greatest(0, nonevent_variance) / nullif(nonevent_count - 1, 0)
            ), null) as auc_margin,
            precision_sum / nullif(event_count, 0) as average_precision,
            greatest(
                precision_sum_most - precision_sum, precision_sum - precision_sum_least
            ) / nullif(event_count, 0) as average_precision_error,
            greatest(
                captured_most - captured_events, captured_events - captured_least
            ) / nullif(event_count, 0) as capture_error,
            if(bin_count > 1, {{ dbt_model_risk.wilson_bound('captured_events', 'event_count', '-') }}, null)
                as capture_low,
            if(bin_count > 1, {{ dbt_model_risk.wilson_bound('captured_events', 'event_count', '+') }}, null)
                as capture_high

        from cohorts

    ),

    judged as (

        select
            *,
            case
                when cohort_reason is not null then cohort_reason
                when is_redefined then 'definition_changed'
                when doubled_pairs = 0 then 'single_class'
                when
                    sample_size < {{ var('minimum_performance_sample', 100) }}
                    or least(event_count, nonevent_count) < {{ var('minimum_class_count', 20) }}
                    then 'small_sample'
            end as reason,
            case when bin_count = 1 then 'constant_score' end as caveat

        from measured

    )

    select
        *,
        unnest([
            {{ dbt_model_risk.metric_value('auc', 'auc', 'auc_ties_half_delong_95', 'reason', 'caveat',
                dbt_model_risk.clamp('auc - auc_margin', 0, 1), dbt_model_risk.clamp('auc + auc_margin', 0, 1),
                'is_binned * auc_error') }},
            {{ dbt_model_risk.metric_value('gini', '2 * auc - 1', 'gini_from_auc_delong_95', 'reason', 'caveat',
                dbt_model_risk.clamp('2 * (auc - auc_margin) - 1', -1, 1),
                dbt_model_risk.clamp('2 * (auc + auc_margin) - 1', -1, 1),
                'is_binned * 2 * auc_error') }},
            {{ dbt_model_risk.metric_value('ks_separation', 'ks', 'ks_after_whole_ties', 'reason', 'caveat',
                error_bound='is_binned * (ks_most - ks)') }},
            {{ dbt_model_risk.metric_value('average_precision', 'average_precision', 'average_precision_steps',
                'reason', 'caveat', error_bound='is_binned * average_precision_error') }},
            {{ dbt_model_risk.metric_value('capture_top_decile', 'captured_events / nullif(event_count, 0)',
                'capture_riskiest_tenth_expected_share_of_ties_wilson_95', 'reason', 'caveat',
                'capture_low', 'capture_high', 'is_binned * capture_error') }}
        ]) as measure

    from judged
{%- endmacro %}
