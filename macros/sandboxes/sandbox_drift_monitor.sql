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

drift as (

    select
        {{ dbt_model_risk.metric_columns() }},
        reference,
        window_key,
        case
            when variable = 'score' then 'score'
            when variable in ('decision', 'predicted_class') then 'output'
            else 'feature'
        end as variable_scope

    from {{ ref('met_live_drift') }}

    where model_id in (select models.model_id from models)

),

tests as (

    select
        {{ cohort }},
        max(value) filter (metric = 'psi_critical_value') as critical_value,
        max(p_value) filter (metric = 'chi_square') as chi_square_p,
        max(value) filter (metric = 'drift_adjusted_p') as adjusted_p_value

    from drift

    group by all

),

-- What it was in the reference: the mean, the deviation, the missing rate.
reference_sums as (

    {%- for reference, sample in [('baseline', 'reference'), ('preceding', 'previous')] %}
    {{ 'union all' if not loop.first }}
    select
        window_key,
        segment_key,
        segment_value,
        '{{ reference }}' as reference,
        variable,
        sum({{ sample }}_count) as reference_size,
        sum({{ sample }}_count) filter (bin_id = -1) as missing_count,
        reference_size - missing_count as value_count,
        max({{ sample }}_value_sum) filter (bin_id = -9) / nullif(value_count, 0) as mean,
        max({{ sample }}_square_sum) filter (bin_id = -9) / nullif(value_count, 0) as square_mean

    from {{ ref('met_live_bins') }}

    group by all
    {%- endfor %}

),

changes as (

    select
        *,
        coalesce(cast(changed_on as date), date '0001-01-01') as known_change

    from {{ ref('met_definition_changes') }}

),

largest_parts as (

    select
        {{ cohort }},
        arg_max(bin_label, psi_contribution) as top_bin,
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
                then drift.value > tests.critical_value and tests.chi_square_p <= 0.05
            when 'adjusted_p' then tests.adjusted_p_value <= 0.05
            when 'own_p' then drift.p_value <= 0.05
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

),

shown as (

    select * from dated
    where segment_key = 'all' or is_latest

),

-- The last change before the window ends; one that came before the preceding window is in both.
explained as (

    select
        shown.*,
        changes.change_kind,
        cast(changes.changed_on as date) as changed_on,
        changes.known_change,
        changes.factor,
        changes.conversion

    from shown

    asof left join changes
        on
            shown.model_id = changes.model_id
            and shown.model_version = changes.model_version
            and shown.variable = changes.variable
            and shown.last_date >= changes.known_change

),

figures as (

    select
        explained.* exclude (change_kind, changed_on, known_change, factor, conversion),
        explained.reference = 'baseline' or explained.known_change > explained.previous_first_date
            as is_in_reach,
        case when is_in_reach then explained.change_kind end as change_kind,
        case when is_in_reach then explained.changed_on end as changed_on,
        case when is_in_reach then explained.factor end as factor,
        case when is_in_reach then explained.conversion end as conversion

    from explained

)

select
    concat_ws(
        '|', figures.window_key, figures.segment_key, figures.segment_value, figures.reference,
        figures.variable, figures.metric
    ) as drift_monitor_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    '{{ sandbox_id }}' as sandbox_id,
    figures.model_id,
    figures.model_name,
    figures.model_version,
    {{ dbt_model_risk.model_version_key('figures.model_id', 'figures.model_version') }}
        as model_version_key,
    figures.variable,
    figures.variable_scope,
    figures.segment_key,
    figures.segment_value,
    figures.window_key,
    figures.period_grain,
    figures.period_start,
    figures.period_end,
    figures.is_latest,
    figures.is_complete,
    figures.reference,
    figures.metric,
    figures.value,
    figures.unit,
    case figures.metric
        when 'mean_shift' then reference_sums.mean
        when 'deviation_shift'
            then sqrt(greatest(reference_sums.square_mean - reference_sums.mean ** 2, 0))
        when 'missing_rate_change'
            then reference_sums.missing_count / nullif(reference_sums.reference_size, 0)
    end as baseline_value,
    figures.chance_value,
    figures.p_value,
    figures.adjusted_p_value,
    figures.error_bound,
    figures.amber_threshold,
    figures.red_threshold,
    figures.threshold_basis,
    figures.policy_id,
    figures.rag_status,
    {{ dbt_model_risk.status_rank('figures.rag_status') }} as status_rank,
    case
        when figures.rag_status = 'grey' then coalesce(figures.status_reason, 'no_threshold')
        when figures.rag_status <> 'green' and figures.change_kind is not null
            then 'definition_changed'
        when not figures.is_beyond_chance and figures.judged_value > figures.amber_threshold
            then 'within_chance'
        else figures.status_reason
    end as status_reason,
    figures.status_since,
    figures.change_kind,
    figures.changed_on,
    figures.factor as change_factor,
    figures.conversion as change_conversion,
    cast(figures.sample_size as bigint) as sample_size,
    cast(reference_sums.reference_size as bigint) as reference_sample_size,
    case when figures.metric = 'psi' then largest_parts.top_bin end as top_bin,
    case when figures.metric = 'psi' then largest_parts.top_bin_contribution end
        as top_bin_contribution,
    figures.convention_id

from figures

left join reference_sums
    on
        figures.window_key = reference_sums.window_key
        and figures.segment_key = reference_sums.segment_key
        and figures.segment_value = reference_sums.segment_value
        and figures.reference = reference_sums.reference
        and figures.variable = reference_sums.variable
left join largest_parts
    on
        figures.window_key = largest_parts.window_key
        and figures.segment_key = largest_parts.segment_key
        and figures.segment_value = largest_parts.segment_value
        and figures.reference = largest_parts.reference
        and figures.variable = largest_parts.variable
{% endmacro %}
