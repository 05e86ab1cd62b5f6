{#- The frozen bins of each version of a log: its approved edges or reference deciles, joined with a grid that
    keeps distances accurate; the category list; missing; other. Written once per version, on the first load day
    after its baseline window (or when it is registered), and never again, not even by a full refresh.
    A version without a window gets one open cell per number, so that its volume is evidence too. -#}
{% macro evidence_baseline(log) %}
    {{ config(
        materialized='incremental',
        incremental_strategy='append',
        full_refresh=false,
        tags=dbt_model_risk.live_tags(log)
    ) }}
    {%- set shape = dbt_model_risk.log_shape(log) if execute else {'numeric': ['score'], 'categorical': [], 'meta': {}} -%}
    {%- set pending = dbt_model_risk.has_unfrozen_rows(log) -%}
with

arrivals as (

    select
        model_id,
        model_version,
        loaded_date,
        event_date

    from {{ ref('stg_' ~ log ~ '__admitted') }}

    where reject_reason is null
    {%- if not pending %} and 1 = 0 {%- endif %}

),

load_days as (

    select distinct loaded_date
    from arrivals

),

freezing as (

    select
        versions.model_id,
        versions.model_version,
        versions.registered_date,
        versions.baseline_from,
        versions.baseline_to,
        greatest(min(load_days.loaded_date), versions.registered_date) as frozen_date

    from {{ ref('stg_registered_versions') }} as versions

    inner join load_days
        on load_days.loaded_date > coalesce(versions.baseline_to, date '0001-01-01')

    {%- if is_incremental() %}

    where not exists (
        select 1
        from {{ this }} as frozen
        where
            frozen.model_id = versions.model_id
            and frozen.model_version = versions.model_version
    )
    {%- endif %}

    group by
        versions.model_id,
        versions.model_version,
        versions.registered_date,
        versions.baseline_from,
        versions.baseline_to

),

-- A window that arrives in one load is frozen with that load; otherwise the freezing day itself stays out.
references_known as (

    select
        freezing.model_id,
        freezing.model_version,
        freezing.baseline_from,
        freezing.baseline_to,
        freezing.frozen_date,
        count(*) as reference_count,
        case
            when min(arrivals.loaded_date) < freezing.frozen_date then freezing.frozen_date
            else freezing.frozen_date + interval '1' day
        end as known_before

    from freezing

    inner join arrivals
        on
            freezing.model_id = arrivals.model_id
            and freezing.model_version = arrivals.model_version
            and arrivals.event_date between freezing.baseline_from and freezing.baseline_to
            and arrivals.loaded_date <= freezing.frozen_date

    group by
        freezing.model_id,
        freezing.model_version,
        freezing.baseline_from,
        freezing.baseline_to,
        freezing.frozen_date

),

reference_rows as (

    select
        log_rows.model_id,
        log_rows.model_version
        {%- for variable in shape.numeric + shape.categorical %},
        log_rows.{{ variable }}
        {%- endfor %}

    from {{ ref('stg_' ~ log) }} as log_rows

    inner join references_known
        on
            log_rows.model_id = references_known.model_id
            and log_rows.model_version = references_known.model_version

    where
        log_rows.reject_reason is null
        and cast(log_rows.predicted_at as date)
        between references_known.baseline_from and references_known.baseline_to
        and log_rows.loaded_at < references_known.known_before
        and {{ dbt_model_risk.hash_bucket('log_rows.prediction_id', 1000000) }}
        < 100000.0 * 1000000 / references_known.reference_count

),

{{ dbt_model_risk.numeric_cells(shape) }},

{{ dbt_model_risk.category_bins(shape) }},

bins as (

    select * from cells

    union all

    select * from categories

)

select
    '{{ log }}' as log_id,
    freezing.model_id,
    freezing.model_version,
    concat(freezing.model_id, '|', freezing.model_version, '|', cast(freezing.frozen_date as varchar))
        as baseline_id,
    bins.variable,
    bins.variable_kind,
    cast(bins.bin_id as bigint) as bin_id,
    cast(bins.lower_edge as double) as lower_edge,
    cast(bins.upper_edge as double) as upper_edge,
    cast(bins.category as varchar) as category,
    cast(bins.declared_bin_id as bigint) as declared_bin_id,
    freezing.frozen_date,
    freezing.registered_date,
    freezing.baseline_from,
    freezing.baseline_to

from freezing

inner join bins
    on freezing.model_id = bins.model_id and freezing.model_version = bins.model_version

where
    exists (
        select 1
        from arrivals
        where
            arrivals.model_id = freezing.model_id
            and arrivals.model_version = freezing.model_version
    )
{% endmacro %}


{#- Whether the log holds rows of a registered version without bins. Versions of other logs never do. -#}
{% macro has_unfrozen_rows(log) %}
    {%- set versions, admitted = ref('stg_registered_versions'), ref('stg_' ~ log ~ '__admitted') -%}
    {%- if not execute or not is_incremental() -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set unfrozen -%}
        select
            versions.model_id,
            versions.model_version
        from {{ versions }} as versions
        left join (select distinct model_id, model_version from {{ this }}) as frozen
            on versions.model_id = frozen.model_id and versions.model_version = frozen.model_version
        where frozen.model_id is null
    {%- endset -%}
    {%- if run_query("select count(*) from (" ~ unfrozen ~ ") as unfrozen").rows[0][0] | int == 0 -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(run_query(
        "select count(*) from " ~ admitted ~ " as admitted inner join (" ~ unfrozen ~ ") as unfrozen"
        ~ " on admitted.model_id = unfrozen.model_id and admitted.model_version = unfrozen.model_version"
        ~ " where admitted.reject_reason is null"
    ).rows[0][0] | int > 0) }}
{% endmacro %}
