select * from {{ ref('met_deliveries') }}
union all
select * from {{ ref('met_feature_quality') }}
union all
select * from {{ ref('met_log_quality') }}
