{#- Approved satellite models as known on the as-of date: of each what was recorded last. -#}
select
    satellite_id,
    driver_factor_id,
    driver_transform,
    quarters,
    intercept,
    coefficient,
    std_error,
    lgd_coefficient,
    reference_driver

from ({{ known_rows('satellite_models') }}) as known_models

where approved_by is not null

qualify row_number() over (partition by satellite_id order by recorded_at desc) = 1

order by satellite_id
