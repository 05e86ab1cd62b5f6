{#- A version's reference never changes once its freezing day is over, so it is counted once. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['model_id', 'model_version'],
    post_hook="{{ dbt_model_risk.forget_baselines() }}"
) }}
with

baseline_bins as (

    select * from {{ ref('evd_baselines') }}
    where {{ is_live_log() }} and frozen_date <= {{ as_of_date() }} and baseline_from is not null

),

numbered_windows as (

    select distinct
        model_id,
        model_version,
        dense_rank() over (order by model_id, model_version) as window_number,
        baseline_from as first_date,
        baseline_to as last_date,
        frozen_date as known_until,
        frozen_date < {{ as_of_date() }} as is_final

    from baseline_bins

    {%- if is_incremental() %}

    where (model_id, model_version, frozen_date) not in (
        select
            counted.model_id,
            counted.model_version,
            counted.frozen_date
        from {{ this }} as counted
        where counted.is_final
    )
    {%- endif %}

),

feature_bins as (

    select * from {{ ref('evd_feature_bins') }}
    where {{ is_live_log() }} and not starts_with(variable, 'rule:')

),

{{ window_bin_sums() }}

select
    windows.model_id,
    windows.model_version,
    windows.known_until as frozen_date,
    windows.is_final,
    window_sums.segment_key,
    window_sums.segment_value,
    window_sums.variable,
    cast(window_sums.bin_id as integer) as bin_id,
    window_sums.n,
    window_sums.value_sum,
    window_sums.value_square_sum

from window_sums

inner join numbered_windows as windows on window_sums.window_number = windows.window_number
