{#- Which bins make up the stability index of the latest windows: the parts sum to psi. -#}
with

latest_windows as (

    select * from {{ ref('met_live_windows') }}
    where is_latest

),

live_bins as (

    select * from {{ ref('met_live_bins') }}
    where
        bin_id <> -9
        and window_key in (select latest_windows.window_key from latest_windows)

),

indices as (

    select * from {{ ref('met_live_drift') }}
    where
        metric = 'psi'
        and value is not null
        and window_key in (select latest_windows.window_key from latest_windows)

),

categories as (

    select
        model_id,
        model_version,
        variable,
        declared_bin_id,
        string_agg(category, ', ' order by category) as category

    from {{ ref('evd_baselines') }}

    where category is not null and {{ is_live_log() }}

    group by all

),

counted as (
    {%- for reference, sample in [('baseline', 'reference'), ('preceding', 'previous')] %}
    {{ 'union all' if not loop.first }}
    select
        window_key,
        model_id,
        model_version,
        segment_key,
        segment_value,
        '{{ reference }}' as reference,
        variable,
        declared_bin_id,
        if(bool_or(lower_edge is null), null, min(lower_edge)) as lower_edge,
        if(bool_or(upper_edge is null), null, max(upper_edge)) as upper_edge,
        cast(sum({{ sample }}_count) as bigint) as reference_count,
        cast(sum(current_count) as bigint) as current_count

    from live_bins

    group by all
    {% endfor %}
),

shares as (

    select
        counted.*,
        counted.reference_count / nullif(sum(counted.reference_count) over cohort, 0)
            as reference_share,
        counted.current_count / nullif(sum(counted.current_count) over cohort, 0) as current_share

    from counted

    window cohort as (
        partition by
            counted.window_key,
            counted.segment_key,
            counted.segment_value,
            counted.reference,
            counted.variable
    )

)

select
    shares.window_key,
    shares.model_id,
    shares.model_version,
    shares.segment_key,
    shares.segment_value,
    shares.reference,
    shares.variable,
    shares.declared_bin_id,
    shares.lower_edge,
    shares.upper_edge,
    case
        when shares.declared_bin_id = -1 then 'missing'
        when shares.declared_bin_id = -2 then 'beyond the frozen list'
        when categories.category is not null then categories.category
        when shares.lower_edge is null and shares.upper_edge is null then 'any value'
        when shares.lower_edge is null then 'up to ' || printf('%.6g', shares.upper_edge)
        when shares.upper_edge is null then 'above ' || printf('%.6g', shares.lower_edge)
        else
            'above ' || printf('%.6g', shares.lower_edge)
            || ' up to ' || printf('%.6g', shares.upper_edge)
    end as bin_label,
    shares.reference_count,
    shares.current_count,
    shares.reference_share,
    shares.current_share,
    {{ psi_contribution('shares.reference_share', 'shares.current_share') }} as psi_contribution

from shares

inner join indices
    on
        shares.window_key = indices.window_key
        and shares.segment_key = indices.segment_key
        and shares.segment_value = indices.segment_value
        and shares.reference = indices.reference
        and shares.variable = indices.variable
left join categories
    on
        shares.model_id = categories.model_id
        and shares.model_version = categories.model_version
        and shares.variable = categories.variable
        and shares.declared_bin_id = categories.declared_bin_id
