select * from {{ source('raw', 'model_versions') }}
