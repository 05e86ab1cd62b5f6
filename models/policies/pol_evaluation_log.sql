{#- Every verdict of every run, passes included; never rewritten, not even by a full refresh. A
    run's hash covers its rows and the hash of the run before it, so that a row edited, dropped
    or moved later breaks the chain. -#}
{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}

with

evaluations as (

    select * from {{ ref('pol_evaluations') }}

),

last_run as (

    {% if is_incremental() -%}
    select
        run_number,
        run_hash

    from {{ this }}

    qualify row_number() over (order by run_number desc) = 1
    {%- else -%}
    select
        0 as run_number,
        cast('' as varchar) as run_hash
    {%- endif %}

),

hashed as (

    select
        evaluations.*,
        sha256(cast(to_json(evaluations) as varchar)) as row_hash

    from evaluations

),

chained as (

    select
        sha256(concat(
            any_value(last_run.run_hash),
            coalesce(string_agg(hashed.row_hash, ',' order by hashed.evaluation_key), '')
        )) as run_hash

    from last_run

    left join hashed on true

)

select
    cast(last_run.run_number + 1 as bigint) as run_number,
    '{{ invocation_id }}' as run_id,
    hashed.*,
    last_run.run_hash as previous_run_hash,
    chained.run_hash

from hashed

cross join last_run
cross join chained
