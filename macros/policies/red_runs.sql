{#- Every unbroken run of red periods of a policy's KRI on one model version, from the CTEs `kri_values` and `thresholds`.
    A grey period neither ends a run nor starts one; a run that nothing ended has no `recovered_on`. -#}
{% macro red_runs() -%}
    with

    judged as (

        select
            kri_values.*,
            thresholds.policy_id,
            thresholds.direction,
            thresholds.red_threshold,
            {{ dbt_model_risk.rag_status(
                'kri_values.kri_value', 'thresholds.amber_threshold', 'thresholds.red_threshold',
                'thresholds.direction'
            ) }} as rag_status

        from kri_values

        inner join thresholds
            on kri_values.model_id = thresholds.model_id and kri_values.kri_id = thresholds.kri_id

        where kri_values.is_judged_grain and kri_values.segment_key in ('all', 'portfolio')

    ),

    opened as (

        select
            *,
            rag_status = 'red' and coalesce(lag(rag_status) over series, '') <> 'red' as is_opening

        from judged

        where rag_status != 'grey'

        window series as (
            partition by policy_id, model_id, model_version, segment_key, segment_value
            order by period_end
        )

    ),

    numbered as (

        select
            *,
            count(*) filter (where is_opening) over (
                partition by policy_id, model_id, model_version, segment_key, segment_value
                order by period_end
            ) as episode_number

        from opened

    )

    select
        as_of_date,
        sandbox_id,
        policy_id,
        kri_id,
        model_id,
        model_version,
        segment_key,
        segment_value,
        unit,
        direction,
        red_threshold,
        episode_number,
        count(*) filter (where rag_status = 'red') as period_count,
        min(period_end) filter (where rag_status = 'red') as opened_on,
        max(period_end) filter (where rag_status = 'red') as last_red_on,
        min(period_end) filter (where rag_status != 'red') as recovered_on,
        max(kri_value) filter (where rag_status = 'red') as highest_value,
        min(kri_value) filter (where rag_status = 'red') as lowest_value,
        arg_max(kri_value, period_end) filter (where rag_status = 'red') as latest_value

    from numbered

    where episode_number > 0

    group by all
{%- endmacro %}
