select
    cast(null as varchar) as policy_id,
    cast(null as varchar) as kri_id,
    cast(null as varchar) as sandbox_id,
    cast(null as varchar) as model_id,
    cast(null as varchar) as direction,
    cast(null as double) as amber_threshold,
    cast(null as double) as red_threshold

where 1 = 0
