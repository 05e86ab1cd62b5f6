with

sandboxes as (

    {{ known_rows('sandboxes') }}

),

people as (

    {{ known_rows('people') }}

)

select
    sandboxes.sandbox_id,
    sandboxes.name as sandbox_name,
    sandboxes.division,
    sandboxes.owner_id,
    people.name as owner_name,
    sandboxes.base_currency,
    sandboxes.licence_model,
    sandboxes.active_from,
    sandboxes.active_to

from sandboxes

left join people on sandboxes.owner_id = people.person_id
