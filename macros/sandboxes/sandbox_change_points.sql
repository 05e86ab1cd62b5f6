{#- Since when the daily series of a sandbox's models have left their level, beside the last day of each and the band in
    which its days are expected; a series without a change is there too, and one that cannot be watched says why. -#}
{% macro sandbox_change_points(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_change_points', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_change_points(sandbox_id) %}
with

models as (

    {{ dbt_model_risk.known_rows('models') }} and sandbox_id = '{{ sandbox_id }}'

),

settings as (

    select * from {{ ref('change_detectors') }}
    where is_applied

),

days as (

    select
        *,
        row_number() over (partition by series_key order by event_date desc) as days_back,
        count(standardised) over (partition by series_key) as standardised_days

    from {{ ref('met_daily_series') }}

    where not is_reference

),

alarms as (

    select * from {{ ref('met_change_points') }}

)

select
    concat_ws(
        '|', days.series_key, settings.setting_id, cast(alarms.alarm_date as date)
    ) as change_point_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    models.sandbox_id,
    days.model_id,
    models.name as model_name,
    days.model_version,
    {{ dbt_model_risk.model_version_key('days.model_id', 'days.model_version') }} as model_version_key,
    models.declared_tier as model_tier,
    days.series_key,
    days.variable,
    days.statistic,
    settings.detector,
    settings.setting_id,
    case
        when alarms.is_open then 'open'
        when alarms.series_key is not null then 'closed'
        when days.standardised_days > 0 then 'in_control'
        else 'grey'
    end as status,
    if(days.standardised_days > 0, null, days.status_reason) as status_reason,
    alarms.direction,
    cast(alarms.change_date as date) as since,
    cast(alarms.alarm_date as date) as alarm_date,
    cast(alarms.detected_on as date) as detected_on,
    cast(alarms.closed_date as date) as closed_date,
    alarms.magnitude,
    alarms.value_before,
    alarms.value_after,
    alarms.sample_size,
    days.event_date as value_date,
    days.daily_value as last_value,
    days.sample_size as last_sample_size,
    days.reference_mean as baseline,
    days.reference_mean - 3 * days.deviation as band_low,
    days.reference_mean + 3 * days.deviation as band_high,
    settings.arl0_estimated as arl0

from days
inner join models on days.model_id = models.model_id
cross join settings
left join alarms
    on days.series_key = alarms.series_key and settings.setting_id = alarms.convention_id

where days.days_back = 1
{% endmacro %}
