{#- Outcomes have no frozen bins: a class is a bin of its own, of amounts there are moments alone. A
    window counts once the last of its outcomes is due; early ones would show the bad cases only. -#}
{%- set samples = {
    'reference': ('baseline_from', 'baseline_to', 'reference_known_on'),
    'current': ('first_date', 'last_date', 'known_until'),
    'previous': ('previous_first_date', 'previous_last_date', 'known_until')
} -%}
with

baselines as (

    select distinct
        model_id,
        model_version,
        frozen_date

    from {{ ref('evd_baselines') }}

    where {{ is_live_log() }} and frozen_date <= {{ as_of_date() }}

),

models as (

    {{ known_rows('models') }}

),

outcomes as (

    select * from {{ ref('evd_score_outcomes') }}
    where {{ is_live_log() }} and known_date <= {{ as_of_date() }}

),

windows as (

    select
        live_windows.* exclude (known_until),
        {{ as_of_date() }} as known_until,
        models.problem_type = 'regression' as is_amount,
        greatest(
            live_windows.baseline_to + cast(models.outcome_horizon_days as integer),
            baselines.frozen_date
        ) as reference_known_on

    from {{ ref('met_live_windows') }} as live_windows

    inner join models on live_windows.model_id = models.model_id
    inner join baselines
        on
            live_windows.model_id = baselines.model_id
            and live_windows.model_version = baselines.model_version

    where
        live_windows.is_complete
        and live_windows.last_date + cast(models.outcome_horizon_days as integer)
        <= {{ as_of_date() }}

),

sums as (

    {%- for sample, (first_date, last_date, known_until) in samples.items() %}
    {{ 'union all' if not loop.first }}
    select
        windows.window_key,
        '{{ sample }}' as sample_kind,
        outcomes.segment_key,
        outcomes.segment_value,
        if(windows.is_amount, null, outcomes.outcome_class) as outcome_class,
        sum(outcomes.n) as n,
        {{ exact_sum('outcomes.outcome_sum') }} as outcome_sum,
        {{ exact_sum('outcomes.outcome_square_sum') }} as outcome_square_sum

    from windows
    inner join outcomes
        on
            windows.model_id = outcomes.model_id
            and windows.model_version = outcomes.model_version
            and (windows.is_segmented or outcomes.segment_key = 'all')
            and outcomes.event_date between windows.{{ first_date }} and windows.{{ last_date }}
            and windows.{{ known_until }} >= outcomes.known_date

    group by all
    {%- endfor %}

),

classes as (

    select
        model_id,
        model_version,
        outcome_class,
        dense_rank() over (partition by model_id, model_version order by outcome_class) - 1
            as bin_id

    from (
        select distinct
            windows.model_id,
            windows.model_version,
            sums.outcome_class
        from sums
        inner join windows on sums.window_key = windows.window_key
    ) as seen

),

cohorts as (

    select distinct
        window_key,
        segment_key,
        segment_value

    from sums

    where sample_kind = 'current'

),

-- Of amounts the one cell counts, and the row of moments holds the sums.
cells as (

    select
        window_key,
        sample_kind,
        segment_key,
        segment_value,
        outcome_class,
        false as is_moments,
        n,
        cast(null as double) as value_sum,
        cast(null as double) as square_sum

    from sums

    union all

    select
        sums.window_key,
        sums.sample_kind,
        sums.segment_key,
        sums.segment_value,
        sums.outcome_class,
        true as is_moments,
        0 as n,
        sums.outcome_sum as value_sum,
        sums.outcome_square_sum as square_sum

    from sums
    inner join windows on sums.window_key = windows.window_key

    where windows.is_amount

),

bins as (

    select
        cohorts.window_key,
        cohorts.segment_key,
        cohorts.segment_value,
        classes.outcome_class,
        classes.bin_id,
        kinds.is_moments

    from cohorts
    inner join windows on cohorts.window_key = windows.window_key
    inner join classes
        on
            windows.model_id = classes.model_id
            and windows.model_version = classes.model_version
    inner join (values (false), (true)) as kinds (is_moments)
        on windows.is_amount or not kinds.is_moments

)

select
    bins.window_key,
    windows.known_until,
    windows.model_id,
    windows.model_version,
    bins.segment_key,
    bins.segment_value,
    windows.window_id as period_grain,
    windows.period_start,
    windows.period_end,
    'outcome' as variable, -- noqa: RF04
    if(windows.is_amount, 'numeric', 'categorical') as variable_kind,
    cast(if(bins.is_moments, -9, bins.bin_id) as integer) as bin_id,
    cast(if(bins.is_moments, null, bins.bin_id) as integer) as declared_bin_id,
    cast(null as double) as lower_edge,
    cast(null as double) as upper_edge,
    {%- for sample, bounds in samples.items() %}
    cast(
        case when windows.{{ bounds[0] }} is not null then coalesce({{ sample }}_cells.n, 0) end
        as bigint
    ) as {{ sample }}_count,
    {{ sample }}_cells.value_sum as {{ sample }}_value_sum,
    {{ sample }}_cells.square_sum as {{ sample }}_square_sum,
    {%- endfor %}
    bins.outcome_class

from bins

inner join windows on bins.window_key = windows.window_key
{%- for sample in samples %}
left join cells as {{ sample }}_cells
    on
        bins.window_key = {{ sample }}_cells.window_key
        and {{ sample }}_cells.sample_kind = '{{ sample }}'
        and bins.segment_key = {{ sample }}_cells.segment_key
        and bins.segment_value = {{ sample }}_cells.segment_value
        and bins.is_moments = {{ sample }}_cells.is_moments
        and coalesce(bins.outcome_class, '') = coalesce({{ sample }}_cells.outcome_class, '')
{%- endfor %}
