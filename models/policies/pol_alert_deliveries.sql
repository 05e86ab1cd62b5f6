{#- What `dbt-model-risk notify` did; dbt makes the table and writes nothing into it. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    tags=['intraday']
) }}

select
    cast(null as varchar) as alert_id,
    cast(null as varchar) as target, -- noqa: RF04
    cast(null as bigint) as attempt,
    cast(null as varchar) as state,
    cast(null as varchar) as route_id,
    cast(null as timestamp) as recorded_at,
    cast(null as boolean) as is_possible_repeat,
    cast(null as varchar) as error -- noqa: RF04

where 1 = 0
