{#- The riskiest cases of a day, as many as analysts can look at. Cases of one score bin count as
    tied: of the group that the capacity cuts, every case is alerted with the same probability, so
    that what is caught does not depend on an order of rows. The capacity is the portfolio's; a
    segment has its part of the portfolio's alerts. -#}
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

capacities as (

    select
        models.model_id,
        parameters.model_version,
        if(models.score_direction = 'lower_is_event', -1, 1) as direction,
        parameters.alert_capacity_per_day as capacity

    from models
    inner join parameters using (model_id)

    where models.problem_type = 'binary' and parameters.alert_capacity_per_day is not null

),

portfolio_bins as (

    select
        outcomes.model_id,
        outcomes.model_version,
        outcomes.event_date,
        capacities.capacity,
        capacities.direction * outcomes.score_bin as risk_bin,
        cast(sum(outcomes.n) as bigint) as cases,
        min(outcomes.score_resolution) as least_resolution,
        max(outcomes.score_resolution) as most_resolution

    from score_outcomes as outcomes
    inner join capacities using (model_id, model_version)

    where outcomes.segment_key = 'all'

    group by all

    having sum(outcomes.n) > 0

),

ranked as (

    select
        *,
        coalesce(sum(cases) over (
            partition by model_id, model_version, event_date order by risk_bin desc
            rows between unbounded preceding and 1 preceding
        ), 0) as riskier_cases

    from portfolio_bins

),

cuts as (

    -- the last group of which anything is alerted, and how much of it
    select
        model_id,
        model_version,
        event_date,
        min(risk_bin) filter (riskier_cases < capacity) as cut_bin,
        arg_min(cases, risk_bin) filter (riskier_cases < capacity) as group_size,
        any_value(capacity) - max(riskier_cases) filter (riskier_cases < capacity) as room,
        least(group_size, room) as alerted,
        group_size - alerted as passed,
        sum(cases) as portfolio_cases,
        min(least_resolution) < 1099511627776 as is_binned,
        min(least_resolution) <> max(most_resolution) as is_redefined

    from ranked

    group by all

),

placed as (

    select
        outcomes.model_id,
        outcomes.model_version,
        outcomes.segment_key,
        outcomes.segment_value,
        sign(capacities.direction * outcomes.score_bin - cuts.cut_bin) as place,
        cuts.alerted,
        cuts.passed,
        cuts.portfolio_cases,
        cuts.is_binned,
        cuts.is_redefined,
        sum(outcomes.n) as cases,
        sum(if(outcomes.outcome_class = '1', outcomes.n, 0)) as events,
        sum(if(outcomes.outcome_class = '1', 0, outcomes.n)) as nonevents,
        {{ exact_sum("if(outcomes.outcome_class = '1', outcomes.amount_sum, 0)") }} as amount,
        outcomes.event_date

    from score_outcomes as outcomes
    inner join capacities using (model_id, model_version)
    inner join cuts using (model_id, model_version, event_date)

    group by all

),

-- In a bin that rounds scores together, an order hides that the capacity cuts: the alerted may be
-- its events first, or its nonevents.
shared as (

    select
        *,
        case place when 1 then 1 when 0 then alerted / (alerted + passed) else 0 end as portion,
        coalesce(place = 0 and is_binned and passed > 0, false) as is_blurred

    from placed

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
    {{ exact_sum('portion * ' ~ size) }} as {{ group }},
    {{ exact_sum('if(is_blurred, greatest(0, ' ~ size ~ ' - passed), portion * ' ~ size ~ ')') }}
        as {{ group }}_least,
    {{ exact_sum('if(is_blurred, least(alerted, ' ~ size ~ '), portion * ' ~ size ~ ')') }}
        as {{ group }}_most,
    {%- endfor %}
    {{ exact_sum('portion * amount') }} as caught_amount,
    {{ exact_sum('if(is_blurred, 0, portion * amount)') }} as caught_amount_least,
    {{ exact_sum('if(is_blurred, amount, portion * amount)') }} as caught_amount_most,
    bool_or(is_redefined) as is_redefined,
    event_date

from shared

group by all

having sum(cases) > 0
