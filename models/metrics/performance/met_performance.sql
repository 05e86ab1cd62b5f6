select * from {{ ref('met_coverage') }}
union all
select * from {{ ref('met_discrimination') }}
union all
select * from {{ ref('met_calibration') }}
union all
select * from {{ ref('met_classification') }}
union all
select * from {{ ref('met_regression') }}
union all
select * from {{ ref('met_rank_correlation') }}
union all
select * from {{ ref('met_multiclass') }}
