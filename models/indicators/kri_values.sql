{#- Every KRI of every version, segment and period. A KRI reads one metric; where it watches
    several variables, the worst of them is the value and evidence_ref names it. -#}
{{ config(tags=['intraday']) }}

with

kri_definitions as (

    select * from {{ ref('kri_definitions') }}

),

models as (

    {{ known_rows('models') }}

),

model_versions as (

    {{ known_rows('model_versions') }}

),

governed as (

    select * from {{ ref('met_governed_versions') }}

),

metrics as (

    {%- for family in [
        'drift', 'performance', 'market_risk', 'quality', 'controls', 'validation', 'live'
    ] %}
    {{ 'union all' if not loop.first }}
    select
        '{{ family }}' as source_table,
        {{ metric_columns() }}

    from {{ ref('met_' ~ family) }}
    {%- endfor %}

),

read as (

    select
        kri_definitions.kri_id,
        kri_definitions.unit,
        kri_definitions.direction,
        kri_definitions.aggregation,
        kri_definitions.subject_scope,
        kri_definitions.problem_type as applicable_types,
        kri_definitions.period_grain as judged_grain,
        coalesce(metrics.sample_size < kri_definitions.minimum_sample_size, false) as is_small,
        metrics.*,
        -- a sample too small for the KRI says nothing either way
        case when not is_small then metrics.value end as kri_value

    from metrics

    inner join kri_definitions
        on
            metrics.source_table = kri_definitions.source_table
            and metrics.metric = kri_definitions.metric
            and case kri_definitions.variable_scope
                when 'none' then metrics.variable is null
                when 'any' then true
                when 'feature'
                    then
                        metrics.variable not in ('score', 'decision', 'predicted_class')
                else metrics.variable = kri_definitions.variable_scope
            end

),

worst as (

    select *
    from read
    qualify row_number() over (
        partition by
            kri_id, model_id, model_version, segment_key, segment_value, period_grain, period_start
        order by
            kri_value is null,
            case aggregation when 'min' then kri_value else -kri_value end,
            variable
    ) = 1

),

placed as (

    select
        worst.*,
        coalesce(governed.sandbox_id, models.sandbox_id) as sandbox_id,
        worst.period_grain = case worst.judged_grain
            when 'model' then string_split(models.monitoring_grain, ';')[1]
            else worst.judged_grain
        end as is_judged_grain

    from worst

    left join models on worst.model_id = models.model_id
    left join model_versions
        on
            worst.model_id = model_versions.model_id
            and worst.model_version = model_versions.model_version
    left join governed
        on
            worst.model_id = governed.model_id
            and worst.model_version = governed.model_version

    where
        (worst.subject_scope = 'any_version' or model_versions.model_version is not null)
        and (
            worst.applicable_types = 'any'
            or list_contains(string_split(worst.applicable_types, ';'), models.problem_type)
        )

)

select
    concat_ws(
        '|', kri_id, model_id, model_version, segment_key, segment_value, period_grain, period_start
    ) as kri_value_key,
    {{ as_of_date() }} as as_of_date,
    sandbox_id,
    model_id,
    model_version,
    segment_key,
    segment_value,
    kri_id,
    period_grain,
    period_start,
    period_end,
    coalesce(is_judged_grain, judged_grain = 'as_of') as is_judged_grain,
    kri_value,
    unit,
    cast(sample_size as bigint) as sample_size,
    cast(event_count as bigint) as event_count,
    case when kri_value is not null then ci_low end as ci_low,
    case when kri_value is not null then ci_high end as ci_high,
    case when kri_value is not null then error_bound end as error_bound,
    case
        when value is not null and is_small then 'small_sample'
        else status_reason
    end as status_reason,
    convention_id,
    concat_ws(
        '|', 'metrics.met_' || source_table, metric, coalesce(variable, '-'),
        period_grain || ' ' || period_start || ' to ' || period_end
    ) as evidence_ref

from placed
