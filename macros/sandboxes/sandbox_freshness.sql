{#- How fresh a sandbox's live logs are, by version, beside what is agreed for them. -#}
{% macro sandbox_freshness(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_freshness', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_freshness(sandbox_id) %}
with

models as (

    {{ dbt_model_risk.known_rows('models') }} and sandbox_id = '{{ sandbox_id }}'

),

agreements as (

    {{ dbt_model_risk.known_rows('log_agreements') }}
    qualify row_number() over (partition by log_id order by recorded_at desc) = 1

),

arrivals as (

    select
        log_id,
        model_id,
        model_version,
        max(last_event_at) as last_event_at,
        max(last_loaded_at) as last_loaded_at,
        max(loaded_date) as last_loaded_date

    from {{ ref('evd_arrivals') }}

    where loaded_date <= {{ dbt_model_risk.as_of_date() }}

    group by all

),

figures as (

    select
        model_id,
        model_version,
        {%- for metric in [
            'hours_since_last_event', 'hours_since_last_load', 'load_lag_p50_hours', 'load_lag_p95_hours',
            'event_to_kri_lag_p95_hours', 'freshness_ratio', 'kri_lag_ratio', 'late_rows', 'late_days',
            'day_volume', 'usual_day_volume'
        ] %}
        max(value) filter (metric = '{{ metric }}') as {{ metric }},
        {%- endfor %}
        max(ci_low) filter (metric = 'usual_day_volume') as day_volume_low,
        max(ci_high) filter (metric = 'usual_day_volume') as day_volume_high,
        max(status_reason) filter (metric = 'freshness_ratio') as status_reason

    from {{ ref('met_freshness') }}

    group by all

),

verdicts as (

    select
        model_id,
        model_version,
        max(rag_status) filter (policy_id = 'log_freshness') as freshness_status,
        max(rag_status) filter (policy_id = 'kri_lag') as kri_lag_status

    from {{ ref('pol_evaluations') }}

    where policy_id in ('log_freshness', 'kri_lag')

    group by all

),

open_alerts as (

    select
        model_id,
        model_version,
        min(opened_at) as not_green_since

    from (
        select *
        from {{ ref('pol_alerts') }}
        where
            policy_id in ('log_freshness', 'kri_lag')
            and as_of_date <= {{ dbt_model_risk.as_of_date() }}
        qualify row_number() over (partition by alert_key order by sequence desc) = 1
    ) as last_changes

    where event <> 'recovered'

    group by all

)

select
    concat_ws('|', arrivals.log_id, arrivals.model_id, arrivals.model_version) as freshness_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    {{ dbt_model_risk.as_of_time() }} as evaluated_at,
    models.sandbox_id,
    arrivals.log_id,
    arrivals.model_id,
    models.name as model_name,
    arrivals.model_version,
    {{ dbt_model_risk.model_version_key('arrivals.model_id', 'arrivals.model_version') }} as model_version_key,
    arrivals.last_event_at,
    arrivals.last_loaded_at,
    figures.hours_since_last_event,
    figures.hours_since_last_load,
    agreements.expected_every_hours,
    figures.freshness_ratio,
    figures.load_lag_p50_hours,
    figures.load_lag_p95_hours,
    figures.event_to_kri_lag_p95_hours,
    agreements.maximum_lag_hours,
    figures.kri_lag_ratio,
    cast(figures.late_rows as bigint) as late_row_count,
    case
        when figures.late_rows > 0 then arrivals.last_loaded_date - cast(figures.late_days as integer)
    end as restated_from,
    cast(figures.day_volume as bigint) as day_volume,
    figures.usual_day_volume,
    figures.day_volume_low,
    figures.day_volume_high,
    case
        when figures.day_volume is null then 'unknown'
        when figures.day_volume < figures.day_volume_low then 'low'
        when figures.day_volume > figures.day_volume_high then 'high'
        else 'usual'
    end as volume_status,
    verdicts.freshness_status,
    verdicts.kri_lag_status,
    figures.status_reason,
    open_alerts.not_green_since,
    agreements.owner_id

from arrivals

inner join models on arrivals.model_id = models.model_id
left join figures
    on arrivals.model_id = figures.model_id and arrivals.model_version = figures.model_version
left join agreements on arrivals.log_id = agreements.log_id
left join verdicts
    on arrivals.model_id = verdicts.model_id and arrivals.model_version = verdicts.model_version
left join open_alerts
    on arrivals.model_id = open_alerts.model_id and arrivals.model_version = open_alerts.model_version
{% endmacro %}
