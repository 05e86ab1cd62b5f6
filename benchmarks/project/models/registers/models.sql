select * from {{ source('raw', 'models') }}
