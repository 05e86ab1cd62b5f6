{#- Only windows that may have changed are counted; what they are compared with was counted before or is
    the window that precedes them. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='window_key',
    post_hook=[
        "{{ dbt_model_risk.forget_windows() }}", "{{ dbt_model_risk.forget_segments() }}"
    ]
) }}
{%- set samples = ['reference', 'current', 'previous'] %}
with

changed as (

    {{ changed_windows() }}

),

baseline_bins as (

    select * from {{ ref('evd_baselines') }}
    where {{ is_live_log() }} and frozen_date <= {{ as_of_date() }}

),

reference_sums as (

    select * from {{ ref('met_live_baselines') }}

),

feature_bins as (

    select * from {{ ref('evd_feature_bins') }}
    where
        {{ is_live_log() }}
        and known_date <= {{ as_of_date() }}
        and not starts_with(variable, 'rule:')
        and event_date >= (
            select min(least(previous_first_date, first_date)) from changed
        )
        and event_date <= {{ as_of_date() }}

),

windows as (

    select
        window_key,
        model_id,
        model_version,
        first_date,
        last_date,
        is_segmented,
        false as is_previous

    from changed

    union all

    select
        window_key,
        model_id,
        model_version,
        previous_first_date as first_date,
        previous_last_date as last_date,
        is_segmented,
        true as is_previous

    from changed

    where previous_first_date is not null

),

numbered_windows as (

    select
        *,
        {{ as_of_date() }} as known_until,
        row_number() over (order by window_key, is_previous) as window_number

    from windows

),

{{ window_bin_sums() }},

kept_sums as (

    select
        windows.window_key,
        windows.model_id,
        windows.model_version,
        windows.is_previous,
        window_sums.* exclude (window_number)

    from window_sums
    inner join numbered_windows as windows on window_sums.window_number = windows.window_number

    where windows.is_segmented or window_sums.segment_key = 'all'

),

frozen as (

    {{ frozen_bins() }}

),

window_bins as (

    select
        changed.window_key,
        frozen.variable,
        frozen.variable_kind,
        frozen.bin_id,
        frozen.declared_bin_id,
        frozen.lower_edge,
        frozen.upper_edge

    from changed
    inner join frozen
        on
            changed.model_id = frozen.model_id
            and changed.model_version = frozen.model_version

    union all

    -- A variable that came after the freezing has no frozen bins: those of its evidence stand in.
    select distinct
        kept_sums.window_key,
        kept_sums.variable,
        null as variable_kind,
        kept_sums.bin_id,
        kept_sums.bin_id as declared_bin_id,
        null as lower_edge,
        null as upper_edge

    from kept_sums
    anti join baseline_bins using (model_id, model_version, variable)

),

cohorts as (

    select distinct
        window_key,
        segment_key,
        segment_value

    from kept_sums

    where not is_previous

)

select
    changed.window_key,
    changed.known_until,
    changed.model_id,
    changed.model_version,
    cohorts.segment_key,
    cohorts.segment_value,
    changed.window_id as period_grain,
    changed.period_start,
    changed.period_end,
    bins.variable,
    bins.variable_kind,
    cast(bins.bin_id as integer) as bin_id,
    cast(bins.declared_bin_id as integer) as declared_bin_id,
    cast(bins.lower_edge as double) as lower_edge,
    cast(bins.upper_edge as double) as upper_edge,
    case when changed.baseline_from is not null then coalesce(reference_sums.n, 0) end
        as reference_count,
    coalesce(current_sums.n, 0) as current_count,
    case when changed.previous_first_date is not null then coalesce(previous_sums.n, 0) end
        as previous_count
    {%- for sample in samples %},
    {{ sample }}_sums.value_sum as {{ sample }}_value_sum,
    {{ sample }}_sums.value_square_sum as {{ sample }}_square_sum
    {%- endfor %}

from cohorts

inner join changed on cohorts.window_key = changed.window_key
inner join window_bins as bins on cohorts.window_key = bins.window_key
{%- for sample in samples %}
left join {{ 'reference_sums' if sample == 'reference' else 'kept_sums as ' ~ sample ~ '_sums' }}
    on
        {%- if sample == 'reference' %}
        changed.model_id = reference_sums.model_id
        and changed.model_version = reference_sums.model_version
        {%- else %}
        cohorts.window_key = {{ sample }}_sums.window_key
        and {{ 'not ' if sample == 'current' }}{{ sample }}_sums.is_previous
        {%- endif %}
        and cohorts.segment_key = {{ sample }}_sums.segment_key
        and cohorts.segment_value = {{ sample }}_sums.segment_value
        and bins.variable = {{ sample }}_sums.variable
        and bins.bin_id = {{ sample }}_sums.bin_id
{%- endfor %}
