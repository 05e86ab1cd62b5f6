select
    cast(null as varchar) as policy_id,
    cast(null as varchar) as sandbox_id

where 1 = 0
