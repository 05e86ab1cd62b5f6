{#- A prediction counts from the day its version is on the register: an unregistered version is quarantined, and
    its rows become known on the day that the registration is. -#}
with

versions as (

    select * from {{ ref('model_versions') }}

),

models as (

    select * from {{ ref('models') }}

)

select
    versions.model_id,
    versions.model_version,
    cast(versions.baseline_from as date) as baseline_from,
    cast(versions.baseline_to as date) as baseline_to,
    cast(greatest(versions.recorded_at, models.recorded_at) as date) as registered_date

from versions

inner join models on versions.model_id = models.model_id

where cast(greatest(versions.recorded_at, models.recorded_at) as date) <= {{ as_of_date() }}
