{#- Completeness and declared rules of every known prediction, matured or not. Bins are summed by
    day first: a period then costs a handful of rows a day. -#}
with

periods as (

    select * from {{ ref('met_periods') }}
    where problem_type <> 'market_risk'

),

feature_bins as (

    select * from {{ ref('evd_feature_bins') }}
    -- the row of moments is no prediction; a score that is missing is in quarantine
    where known_date <= {{ as_of_date() }} and bin_id <> -9 and variable <> 'score'

),

days as (

    {{ period_days() }}

),

day_counts as (

    select
        model_id,
        model_version,
        event_date,
        segment_key,
        segment_value,
        variable,
        sum(n) as n,
        sum(n) filter (bin_id = -1) as absent_count,
        sum(n) filter (bin_id = 1) as held_count

    from feature_bins

    group by all

),

counted as (

    select
        days.model_id,
        days.model_version,
        days.period_grain,
        days.period_start,
        days.period_end,
        day_counts.segment_key,
        day_counts.segment_value,
        day_counts.variable,
        sum(day_counts.n) as row_count,
        sum(day_counts.n) - coalesce(sum(day_counts.absent_count), 0) as present_count,
        coalesce(sum(day_counts.held_count), 0) as held_count

    from day_counts
    inner join days using (model_id, model_version, event_date)

    group by all

),

completeness as (

    select
        * exclude (variable, row_count, present_count, held_count),
        variable as variable_name,
        'completeness' as metric,
        row_count as sample_size,
        present_count as good_count

    from counted

    where not starts_with(variable, 'rule:')

),

rules as (

    select
        * exclude (variable, row_count),
        split_part(variable, ':', 2) as rule_kind,
        split_part(variable, ':', 3) as column_name,
        column_name <> '' as is_of_column

    from counted

    where starts_with(variable, 'rule:')

),

column_rules as (

    select
        *,
        -- what says whether a value is sound: the only rule of its column, or all of them together
        rule_kind = 'valid' or count(*) over (
            partition by
                model_id, model_version, period_grain, period_start, segment_key, segment_value,
                column_name
        ) = 1 as is_whole

    from rules

    where is_of_column

),

validity as (

    select
        * exclude (rule_kind, column_name, is_of_column, is_whole, present_count, held_count),
        if(is_whole, column_name, rule_kind || ':' || column_name) as variable_name,
        'validity' as metric,
        present_count as sample_size,
        held_count as good_count

    from column_rules

),

consistency as (

    select
        * exclude (rule_kind, column_name, is_of_column, present_count, held_count),
        rule_kind as variable_name,
        'consistency' as metric,
        present_count as sample_size,
        held_count as good_count

    from rules

    where not is_of_column

),

measured as (

    select * from completeness
    union all by name
    select * from validity
    union all by name
    select * from consistency

),

-- A cohort for which no rule was declared when it was counted says so.
undeclared as (

    select
        periods.model_id,
        periods.model_version,
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        'all' as segment_key,
        'all' as segment_value,
        null as variable_name,
        metrics.metric,
        0 as sample_size,
        0 as good_count

    from periods
    cross join (values ('validity'), ('consistency')) as metrics (metric)
    anti join measured
        on
            periods.model_id = measured.model_id
            and periods.model_version = measured.model_version
            and periods.period_grain = measured.period_grain
            and periods.period_start = measured.period_start
            and metrics.metric = measured.metric

),

judged as (

    select
        *,
        case
            when sample_size > 0 then null
            when variable_name is null then 'not_declared'
            else 'no_data'
        end as reason

    from (
        select * from measured
        union all by name
        select * from undeclared
    ) as rows_to_judge

),

measures as (

    {%- for metric in ['completeness', 'validity', 'consistency'] %}
    {{ 'union all' if not loop.first }}
    select
        *,
        {{ metric_value(metric, 'good_count / nullif(sample_size, 0)', 'rate_wilson_95', 'reason',
            ci_low=wilson_bound('good_count', 'sample_size', '-'),
            ci_high=wilson_bound('good_count', 'sample_size', '+'),
            event_count='sample_size - good_count') }} as measure

    from judged

    where metric = '{{ metric }}'
    {%- endfor %}

)

{{ metric_rows('measures', variable='variable_name') }}
