{#- How far every variable of a sandbox's live models has moved, window by window, beside its limits. Effect size
    decides: a figure within its limit is green whatever its p-value. Chance has a veto: a figure beyond it that chance
    explains is green too, and says so. Segments are shown in the latest windows. -#}
{% macro sandbox_drift_monitor(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_drift_monitor', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_drift_monitor(sandbox_id) %}
{%- set cohort = ['window_key', 'segment_key', 'segment_value', 'reference', 'variable'] | join(', ') -%}
with

models as (

    {{ dbt_model_risk.models_with('live_monitoring') }} and sandbox_id = '{{ sandbox_id }}'

),

limits as (

    {{ dbt_model_risk.rows_in_force('drift_limits') }}

),

thresholds as (

    select * from {{ ref('pol_thresholds') }} where sandbox_id = '{{ sandbox_id }}'

),

windows as (

    select * from {{ ref('met_live_windows') }}

),

latest_windows as (

    select * from windows
    where is_latest

),

drift as (

    {%- for table in ['met_live_drift', 'met_outcome_drift'] %}
    {{ 'union all' if not loop.first }}
    select
        {{ dbt_model_risk.metric_columns() }},
        reference,
        window_key,
        case
            when variable = 'score' then 'score'
            when variable in ('decision', 'predicted_class', 'outcome') then 'output'
            else 'feature'
        end as variable_scope

    from {{ ref(table) }}

    where
        model_id in (select models.model_id from models)
        and (
            segment_key = 'all'
            or window_key in (select latest_windows.window_key from latest_windows)
        )
    {%- endfor %}

),

tests as (

    select
        {{ cohort }},
        max(value) filter (metric = 'psi_critical_value') as critical_value,
        max(p_value) filter (metric = 'chi_square') as chi_square_p,
        max(value) filter (metric = 'drift_adjusted_p') as adjusted_p_value

    from drift

    where metric in ('psi_critical_value', 'chi_square', 'drift_adjusted_p')

    group by all

),

-- What it was in the reference: the mean, the deviation, the missing rate.
reference_sums as (

    {%- for table in ['met_live_bins', 'met_outcome_bins'] %}
    {%- set is_first_table = loop.first %}
    {%- for reference, sample in [('baseline', 'reference'), ('preceding', 'previous')] %}
    {{ 'union all' if not (is_first_table and loop.first) }}
    select
        window_key,
        segment_key,
        segment_value,
        '{{ reference }}' as reference,
        variable,
        sum({{ sample }}_count) as reference_size,
        coalesce(sum({{ sample }}_count) filter (bin_id = -1), 0) as missing_count,
        reference_size - missing_count as value_count,
        max({{ sample }}_value_sum) filter (bin_id = -9) / nullif(value_count, 0) as mean,
        max({{ sample }}_square_sum) filter (bin_id = -9) / nullif(value_count, 0) as square_mean

    from {{ ref(table) }}

    where
        segment_key = 'all'
        or window_key in (select latest_windows.window_key from latest_windows)

    group by all
    {%- endfor %}
    {%- endfor %}

),

changes as (

    select
        *,
        coalesce(cast(changed_on as date), date '0001-01-01') as known_change

    from {{ ref('met_definition_changes') }}

),

-- The last change by the end of a window; against the window before it, if it came since that began.
explanations as (

    select
        windows.window_key,
        changes.variable,
        changes.change_kind,
        cast(changes.changed_on as date) as changed_on,
        changes.factor,
        changes.conversion,
        coalesce(changes.known_change > windows.previous_first_date, false) as is_since_previous

    from windows
    inner join changes
        on
            windows.model_id = changes.model_id
            and windows.model_version = changes.model_version
            and windows.last_date >= changes.known_change

    qualify row_number() over (
        partition by windows.window_key, changes.variable
        order by changes.known_change desc, changes.change_kind
    ) = 1

),

largest_parts as (

    select
        {{ cohort }},
        first(bin_label order by psi_contribution desc nulls last, declared_bin_id) as top_bin,
        max(psi_contribution) as top_bin_contribution

    from {{ ref('met_live_contributions') }}

    group by all

),

limited as (

    select
        drift.*,
        models.name as model_name,
        windows.is_latest,
        windows.is_complete,
        windows.last_date,
        windows.previous_first_date,
        limits.unit,
        limits.policy_id,
        limits.threshold_basis,
        coalesce(thresholds.amber_threshold, limits.amber_threshold) as amber_threshold,
        coalesce(thresholds.red_threshold, limits.red_threshold) as red_threshold,
        tests.adjusted_p_value,
        case when drift.metric = 'psi' then tests.critical_value end as chance_value,
        case when limits.is_two_sided then abs(drift.value) else drift.value end as judged_value,
        coalesce(case limits.chance_test
            when 'psi_and_chi_square'
                then
                    drift.value > tests.critical_value
                    and tests.chi_square_p <= limits.chance_level
            when 'adjusted_p' then tests.adjusted_p_value <= limits.chance_level
            when 'own_p' then drift.p_value <= limits.chance_level
        end, true) as is_beyond_chance

    from drift

    inner join models on drift.model_id = models.model_id
    inner join windows on drift.window_key = windows.window_key
    inner join limits
        on
            drift.metric = limits.metric
            and limits.variable_scope in ('any', drift.variable_scope)
    inner join tests
        on
            drift.window_key = tests.window_key
            and drift.segment_key = tests.segment_key
            and drift.segment_value = tests.segment_value
            and drift.reference = tests.reference
            and drift.variable = tests.variable
    left join thresholds
        on limits.policy_id = thresholds.policy_id and drift.model_id = thresholds.model_id

),

judged as (

    select
        *,
        case
            when not is_beyond_chance and judged_value is not null then 'green'
            else {{ dbt_model_risk.rag_status(
                'judged_value', 'amber_threshold', 'red_threshold', "'higher_is_worse'"
            ) }}
        end as rag_status

    from limited

),

marked as (

    select
        *,
        rag_status <> coalesce(lag(rag_status) over series, '') as is_new_status

    from judged

    window series as (
        partition by
            model_id, model_version, segment_key, segment_value, period_grain, reference, variable,
            metric
        order by period_start
    )

),

dated as (

    select
        *,
        max(case
            when is_new_status and period_grain like 'rolling%' then period_end
            when is_new_status then period_start
        end) over (
            partition by
                model_id, model_version, segment_key, segment_value, period_grain, reference,
                variable, metric
            order by period_start
        ) as status_since

    from marked

)

select
    concat_ws(
        '|', dated.window_key, dated.segment_key, dated.segment_value, dated.reference,
        dated.variable, dated.metric
    ) as drift_monitor_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    '{{ sandbox_id }}' as sandbox_id,
    dated.model_id,
    dated.model_name,
    dated.model_version,
    {{ dbt_model_risk.model_version_key('dated.model_id', 'dated.model_version') }}
        as model_version_key,
    dated.variable,
    dated.variable_scope,
    dated.segment_key,
    dated.segment_value,
    dated.window_key,
    dated.period_grain,
    dated.period_start,
    dated.period_end,
    dated.is_latest,
    dated.is_complete,
    dated.reference,
    dated.metric,
    dated.value,
    dated.unit,
    case dated.metric
        when 'mean_shift' then reference_sums.mean
        when 'deviation_shift'
            then sqrt(greatest(reference_sums.square_mean - reference_sums.mean ** 2, 0))
        when 'missing_rate_change'
            then reference_sums.missing_count / nullif(reference_sums.reference_size, 0)
    end as baseline_value,
    dated.chance_value,
    dated.p_value,
    dated.adjusted_p_value,
    dated.error_bound,
    dated.amber_threshold,
    dated.red_threshold,
    dated.threshold_basis,
    dated.policy_id,
    dated.rag_status,
    {{ dbt_model_risk.status_rank('dated.rag_status') }} as status_rank,
    case
        when dated.rag_status = 'grey' then coalesce(dated.status_reason, 'no_threshold')
        when dated.rag_status <> 'green' and explanations.change_kind is not null
            then 'definition_changed'
        when not dated.is_beyond_chance and dated.judged_value > dated.amber_threshold
            then 'within_chance'
        else dated.status_reason
    end as status_reason,
    dated.status_since,
    explanations.change_kind,
    explanations.changed_on,
    explanations.factor as change_factor,
    explanations.conversion as change_conversion,
    cast(dated.sample_size as bigint) as sample_size,
    cast(reference_sums.reference_size as bigint) as reference_sample_size,
    case when dated.metric = 'psi' then largest_parts.top_bin end as top_bin,
    case when dated.metric = 'psi' then largest_parts.top_bin_contribution end
        as top_bin_contribution,
    dated.convention_id

from dated

left join explanations
    on
        dated.window_key = explanations.window_key
        and dated.variable = explanations.variable
        and (dated.reference = 'baseline' or explanations.is_since_previous)
left join reference_sums
    on
        dated.window_key = reference_sums.window_key
        and dated.segment_key = reference_sums.segment_key
        and dated.segment_value = reference_sums.segment_value
        and dated.reference = reference_sums.reference
        and dated.variable = reference_sums.variable
left join largest_parts
    on
        dated.window_key = largest_parts.window_key
        and dated.segment_key = largest_parts.segment_key
        and dated.segment_value = largest_parts.segment_value
        and dated.reference = largest_parts.reference
        and dated.variable = largest_parts.variable
{% endmacro %}
