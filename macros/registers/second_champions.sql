{#- Versions of a model that are champions at the same time: one decides too many. -#}
{% macro second_champions() %}
select
    'model_versions' as register,
    concat(later.model_id, ' ', later.model_version) as row_key,
    'is_champion' as column_name,
    'true' as column_value,
    'two_champions' as reason,
    concat(
        'model_versions: ', later.model_id, ' ', later.model_version, ' is champion beside ', earlier.model_version,
        '. Set retired_at of one, or is_champion to false.'
    ) as explanation

from {{ ref('model_versions') }} as later

inner join {{ ref('model_versions') }} as earlier
    on
        later.model_id = earlier.model_id
        and later.model_version <> earlier.model_version
        and later.deployed_at >= earlier.deployed_at
        and later.deployed_at < coalesce(earlier.retired_at, timestamp '9999-12-31')
        and (later.deployed_at > earlier.deployed_at or later.model_version > earlier.model_version)

where later.is_champion and earlier.is_champion
{% endmacro %}
