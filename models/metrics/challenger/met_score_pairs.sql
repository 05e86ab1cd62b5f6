{#- What two versions said about the same case, the champion first. A pair is counted in the periods
    of either version, for one is often compared before it is in use and has periods of its own;
    where both have one that ends on the same day, in the champion's. Only matured outcomes, by the
    rule of matured_outcomes(). -#}
{%- set as_of = as_of_date() -%}
{%- set cohort = [
    'model_id', 'model_version', 'challenger_version', 'period_grain', 'period_start', 'period_end'
] | join(', ') -%}
with

models as (

    {{ models_with('validation') }}

),

model_versions as (

    {{ known_rows('model_versions') }}

),

score_pairs as (

    select * from {{ ref('evd_score_pairs') }}
    where pair_kind = 'challenger' and known_date <= {{ as_of }}

),

all_periods as (

    select * from {{ ref('met_periods') }}
    where problem_type = 'binary' and model_id in (select models.model_id from models)

),

directed as (

    select
        score_pairs.*,
        champions.model_version is not null as is_reversed,
        if(is_reversed, score_pairs.other_version, score_pairs.model_version) as champion_version,
        if(is_reversed, score_pairs.model_version, score_pairs.other_version) as challenger_version,
        if(models.score_direction = 'lower_is_event', -1, 1) as direction,
        direction * if(is_reversed, other_score_bin, score_bin) as champion_bin,
        direction * if(is_reversed, score_bin, other_score_bin) as challenger_bin

    from score_pairs
    inner join models on score_pairs.model_id = models.model_id
    left join model_versions as champions
        on
            score_pairs.model_id = champions.model_id
            and score_pairs.other_version = champions.model_version
            and champions.is_champion

),

version_pairs as (

    select distinct
        model_id,
        champion_version as model_version,
        challenger_version
    from directed

),

periods as (

    select
        version_pairs.*,
        all_periods.period_grain,
        all_periods.period_start,
        all_periods.period_end,
        all_periods.outcome_horizon_days

    from version_pairs
    inner join all_periods
        on
            version_pairs.model_id = all_periods.model_id
            and all_periods.model_version
            in (version_pairs.model_version, version_pairs.challenger_version)

    qualify row_number() over (
        partition by
            version_pairs.model_id, version_pairs.model_version, version_pairs.challenger_version,
            all_periods.period_grain, all_periods.period_end
        order by all_periods.model_version <> version_pairs.model_version
    ) = 1

),

paired as (

    select
        periods.*,
        directed.segment_key,
        directed.segment_value,
        directed.score_resolution,
        directed.champion_bin,
        directed.challenger_bin,
        directed.outcome_class,
        directed.n,
        if(periods.period_grain = 'all', directed.event_date, periods.period_end)
        + periods.outcome_horizon_days <= {{ as_of }} as is_matured

    from periods
    inner join directed
        on
            periods.model_id = directed.model_id
            and periods.model_version = directed.champion_version
            and periods.challenger_version = directed.challenger_version
            and directed.event_date between periods.period_start and periods.period_end

),

cohorts as (

    select distinct
        {{ cohort }},
        outcome_horizon_days
    from paired

),

counted as (

    select
        {{ cohort }},
        segment_key,
        segment_value,
        score_resolution,
        champion_bin,
        challenger_bin,
        sum(if(outcome_class = '1', n, 0)) as event_count,
        sum(if(outcome_class = '0', n, 0)) as nonevent_count

    from paired

    where is_matured

    group by all

    having event_count <> 0 or nonevent_count <> 0

)

select
    {{ cohort }},
    coalesce(segment_key, 'all') as segment_key,
    coalesce(segment_value, 'all') as segment_value,
    score_resolution,
    champion_bin,
    challenger_bin,
    cast(coalesce(event_count, 0) as bigint) as event_count,
    cast(coalesce(nonevent_count, 0) as bigint) as nonevent_count,
    case
        when event_count is not null then null
        when if(period_grain = 'all', period_start, period_end) + outcome_horizon_days > {{ as_of }}
            then 'immature'
        else 'no_data'
    end as cohort_reason

from cohorts
left join counted using ({{ cohort }})
