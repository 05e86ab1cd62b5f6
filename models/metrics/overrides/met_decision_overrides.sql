{#- Low side: the model declined and somebody approved; high side: the reverse. Rates count what is
    known of the period's decisions, the performance of what was turned around its matured outcomes.
    A model none of whose decisions was ever turned around does not declare overrides. -#}
{%- set cohort_columns = [
    'model_id', 'model_version', 'segment_key', 'segment_value',
    'period_grain', 'period_start', 'period_end'
] | join(', ') -%}
with

models as (

    {{ models_with('validation') }}

),

periods as (

    select periods.*

    from {{ ref('met_periods') }} as periods
    inner join models on periods.model_id = models.model_id

    where periods.problem_type = 'binary'

),

decisions as (

    select
        *,
        outcome_class is null as is_prediction,
        coalesce(final_decision <> decision, false) as is_override,
        is_override and not is_favourable and is_final_favourable as is_low_side,
        is_override and is_favourable and not is_final_favourable as is_high_side

    from {{ ref('evd_decisions') }}

    where known_date <= {{ as_of_date() }}

),

overridden_models as (

    select distinct model_id
    from decisions
    where is_override

),

days as (

    {{ period_days() }}

),

dated as (

    select
        decisions.*,
        days.period_grain,
        days.period_start,
        days.period_end,
        days.is_matured and not decisions.is_prediction as is_outcome

    from decisions
    inner join days using (model_id, model_version, event_date)

),

-- What measured_cohorts judges by its maturity are the outcomes.
summed as (

    select
        {{ cohort_columns }},
        sum(if(is_prediction and decision is not null, n, 0)) as decision_count,
        sum(if(is_prediction and is_override, n, 0)) as override_count,
        sum(if(is_prediction and is_override and override_reason is null, n, 0))
            as unexplained_count,
        sum(if(is_prediction and is_favourable, n, 0)) as approved_count,
        sum(if(is_prediction and not is_favourable, n, 0)) as declined_count,
        {%- for side in ['low', 'high'] %}
        sum(if(is_prediction and is_{{ side }}_side, n, 0)) as {{ side }}_side_count,
        sum(if(is_outcome and is_{{ side }}_side, n, 0)) as {{ side }}_case_count,
        sum(if(is_outcome and is_{{ side }}_side and outcome_class = '1', n, 0))
            as {{ side }}_event_count,
        {{ exact_sum('if(is_outcome and is_' ~ side ~ '_side, score_sum, 0)') }}
            as {{ side }}_score_sum,
        {%- endfor %}
        sum(if(is_outcome, n, 0)) as case_count,
        sum(if(is_outcome and outcome_class = '1', n, 0)) as event_count

    from dated

    group by all

),

cohorts as (

    {{ measured_cohorts('summed') }}

),

judged as (

    select
        cohorts.* exclude (decision_count, override_count),
        coalesce(decision_count, 0) as decision_count,
        coalesce(override_count, 0) as override_count,
        coalesce(approved_count, 0) + coalesce(declined_count, 0) as decided_count,
        case
            when overridden_models.model_id is null then 'not_declared'
            when cohorts.decision_count = 0 then 'no_data'
        end as reason,
        coalesce(reason, if(cohorts.override_count = 0, 'single_class', null))
            as unexplained_reason,
        coalesce(reason, if(decided_count = 0, 'not_declared', null)) as side_reason,
        {%- for side in ['low', 'high'] %}
        coalesce(side_reason, cohort_reason, if({{ side }}_case_count = 0, 'no_data', null))
            as {{ side }}_event_reason,
        case
            when {{ side }}_event_reason is not null then {{ side }}_event_reason
            when {{ side }}_score_sum not between 0 and {{ side }}_case_count
                then 'score_not_probability'
        end as {{ side }}_expected_reason,
        case
            when {{ side }}_expected_reason is not null then {{ side }}_expected_reason
            when {{ side }}_case_count < {{ var('minimum_group_size', 30) }} then 'small_sample'
            when {{ side }}_score_sum = 0 then 'constant_score'
        end as {{ side }}_ratio_reason,
        {%- endfor %}
        coalesce(side_reason, if(declined_count = 0, 'single_class', null)) as low_side_reason,
        coalesce(side_reason, if(approved_count = 0, 'single_class', null)) as high_side_reason

    from cohorts

    left join overridden_models on cohorts.model_id = overridden_models.model_id

),

cohort_measures as (

    select
        *,
        unnest([
            {{ metric_value('override_rate', 'override_count / nullif(decision_count, 0)',
                'rate_wilson_95', 'reason',
                ci_low=wilson_bound('override_count', 'decision_count', '-'),
                ci_high=wilson_bound('override_count', 'decision_count', '+'),
                sample_size='decision_count', event_count='override_count') }},
            {{ metric_value('reason_missing_rate', 'unexplained_count / nullif(override_count, 0)',
                'rate_wilson_95', 'unexplained_reason',
                ci_low=wilson_bound('unexplained_count', 'override_count', '-'),
                ci_high=wilson_bound('unexplained_count', 'override_count', '+'),
                sample_size='override_count', event_count='unexplained_count') }},
            {%- for side, turned in [('low', 'declined_count'), ('high', 'approved_count')] %}
            {%- set stem = 'override_' ~ side ~ '_side_' %}
            {%- set count, cases = side ~ '_side_count', side ~ '_case_count' %}
            {%- set events = side ~ '_event_count' %}
            {%- set low = wilson_bound(events, cases, '-') %}
            {%- set high = wilson_bound(events, cases, '+') %}
            {%- set mean = '(' ~ side ~ '_score_sum / nullif(' ~ cases ~ ', 0))' %}
            {{ metric_value(stem ~ 'rate', count ~ ' / nullif(' ~ turned ~ ', 0)',
                'rate_wilson_95', side ~ '_side_reason',
                ci_low=wilson_bound(count, turned, '-'),
                ci_high=wilson_bound(count, turned, '+'),
                sample_size='coalesce(' ~ turned ~ ', 0)', event_count=count) }},
            {{ metric_value(stem ~ 'event_rate', events ~ ' / nullif(' ~ cases ~ ', 0)',
                'rate_wilson_95', side ~ '_event_reason', ci_low=low, ci_high=high,
                sample_size='coalesce(' ~ cases ~ ', 0)', event_count=events) }},
            {{ metric_value(stem ~ 'expected_rate', mean, 'mean_score', side ~ '_expected_reason',
                sample_size='coalesce(' ~ cases ~ ', 0)', event_count=events) }},
            {{ metric_value(stem ~ 'observed_expected_ratio',
                events ~ ' / nullif(' ~ side ~ '_score_sum, 0)',
                'observed_over_expected_wilson_95', side ~ '_ratio_reason',
                ci_low='(' ~ low ~ ') / nullif(' ~ mean ~ ', 0)',
                ci_high='(' ~ high ~ ') / nullif(' ~ mean ~ ', 0)',
                sample_size='coalesce(' ~ cases ~ ', 0)', event_count=events) }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        ]) as measure

    from judged

),

reasons as (

    select
        {{ cohort_columns }},
        override_reason,
        sum(n) as reason_count

    from dated

    where is_prediction and is_override and override_reason is not null

    group by all

    having reason_count > 0

),

reason_measures as (

    select
        reasons.*,
        {{ metric_value('override_reason_share', 'reason_count / override_count', 'rate_wilson_95',
            ci_low=wilson_bound('reason_count', 'override_count', '-'),
            ci_high=wilson_bound('reason_count', 'override_count', '+'),
            sample_size='override_count', event_count='reason_count') }} as measure

    from reasons
    inner join summed using ({{ cohort_columns }})

)

{{ metric_rows('cohort_measures') }}

union all

{{ metric_rows('reason_measures', 'override_reason') }}
