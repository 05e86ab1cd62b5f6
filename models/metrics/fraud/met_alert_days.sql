{#- The riskiest cases of a day, as many as analysts can look at. Cases of one score bin count as
    tied: of the group that the capacity cuts, every case is alerted with the same probability, so
    that what is caught does not depend on an order of rows. The capacity is the portfolio's; a
    segment has its part of the portfolio's alerts. -#}
{%- set day = ['model_id', 'model_version', 'event_date'] | join(', ') -%}
with

score_outcomes as (

    select * from {{ ref('evd_score_outcomes') }}
    where known_date <= {{ as_of_date() }}

),

models as (

    {{ models_with('validation') }}

),

parameters as (

    {{ known_rows('validation_parameters') }}

),

bins as (

    select
        score_outcomes.model_id,
        score_outcomes.model_version,
        score_outcomes.event_date,
        score_outcomes.segment_key,
        score_outcomes.segment_value,
        score_outcomes.score_resolution,
        if(
            models.score_direction = 'lower_is_event',
            -score_outcomes.score_bin,
            score_outcomes.score_bin
        ) as risk_bin,
        parameters.alert_capacity_per_day as capacity,
        sum(score_outcomes.n) as cases,
        sum(if(score_outcomes.outcome_class = '1', score_outcomes.n, 0)) as events,
        {{ exact_sum("if(score_outcomes.outcome_class = '1', score_outcomes.amount_sum, 0)") }}
            as amount

    from score_outcomes
    inner join models using (model_id)
    inner join parameters using (model_id, model_version)

    where models.problem_type = 'binary' and parameters.alert_capacity_per_day is not null

    group by all

    having cases > 0

),

cuts as (

    select
        {{ day }},
        score_resolution,
        risk_bin,
        cases as group_size,
        least(cases, greatest(0, capacity - coalesce(sum(cases) over (
            partition by {{ day }} order by risk_bin desc
            rows between unbounded preceding and 1 preceding
        ), 0))) as alerted,
        sum(cases) over (partition by {{ day }}) as portfolio_cases,
        min(score_resolution) over (partition by {{ day }})
        <> max(score_resolution) over (partition by {{ day }}) as is_redefined

    from bins

    where segment_key = 'all'

),

-- In a bin that rounds scores together, an order hides that the capacity cuts: the alerted may be
-- its events first, or its nonevents.
alerted_bins as (

    select
        bins.*,
        bins.cases - bins.events as nonevents,
        cuts.portfolio_cases,
        cuts.is_redefined,
        cuts.alerted,
        cuts.group_size - cuts.alerted as passed,
        cuts.alerted / cuts.group_size as share,
        least(cuts.alerted, passed) > 0
        and bins.score_resolution < 1099511627776 as is_blurred

    from bins
    inner join cuts
        on
            bins.model_id = cuts.model_id
            and bins.model_version = cuts.model_version
            and bins.event_date = cuts.event_date
            and bins.score_resolution = cuts.score_resolution
            and bins.risk_bin = cuts.risk_bin

)

select
    model_id,
    model_version,
    segment_key,
    segment_value,
    cast(sum(cases) as bigint) as cases,
    cast(sum(events) as bigint) as events,
    cast(any_value(portfolio_cases) as bigint) as portfolio_cases,
    {{ exact_sum('amount') }} as amount,
    {%- for group, size in {
        'alerts': 'cases', 'caught': 'events', 'false_alerts': 'nonevents'
    }.items() %}
    {{ exact_sum('share * ' ~ size) }} as {{ group }},
    {{ exact_sum('if(is_blurred, greatest(0, ' ~ size ~ ' - passed), share * ' ~ size ~ ')') }}
        as {{ group }}_least,
    {{ exact_sum('if(is_blurred, least(alerted, ' ~ size ~ '), share * ' ~ size ~ ')') }}
        as {{ group }}_most,
    {%- endfor %}
    {{ exact_sum('share * amount') }} as caught_amount,
    {{ exact_sum('if(is_blurred, 0, share * amount)') }} as caught_amount_least,
    {{ exact_sum('if(is_blurred, amount, share * amount)') }} as caught_amount_most,
    bool_or(is_redefined) as is_redefined,
    event_date

from alerted_bins

group by all
