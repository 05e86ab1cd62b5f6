{#- A day counts as it was known at the end of the next one (an outcome: of the day after its
    horizon), or when its first rows arrived, where that is later; what comes still later restates
    windows, not this series, so that a later run sees the same days before it. The days of the
    baseline count as known when it was frozen. A share is never taken as closer than one case: its
    deviation stays of use where the baseline had none. -#}
{%- set as_of = as_of_date() -%}
with

feature_bins as (

    select * from {{ ref('evd_feature_bins') }}
    where
        {{ is_live_log() }}
        and known_date <= {{ as_of }}
        and segment_key = 'all'
        and not starts_with(variable, 'rule:')

),

baseline_bins as (

    select
        *,
        count(*) filter (bin_id >= 0) over (
            partition by model_id, model_version, variable
        ) as bin_count

    from {{ ref('evd_baselines') }}

    where {{ is_live_log() }} and frozen_date <= {{ as_of }}

),

score_outcomes as (

    select * from {{ ref('evd_score_outcomes') }}
    where {{ is_live_log() }} and known_date <= {{ as_of }} and segment_key = 'all'

),

models as (

    {{ known_rows('models') }}

),

versions as (

    select distinct
        model_id,
        model_version,
        baseline_from,
        baseline_to,
        greatest(frozen_date, registered_date) as frozen_date

    from baseline_bins

),

day_arrivals as (

    select
        feature_bins.model_id,
        feature_bins.model_version,
        feature_bins.event_date,
        coalesce(feature_bins.event_date <= versions.baseline_to, false) as is_reference,
        versions.frozen_date,
        min(feature_bins.known_date) as first_known

    from feature_bins
    inner join versions using (model_id, model_version)

    where
        feature_bins.variable = 'score'
        and feature_bins.bin_id <> -9
        and feature_bins.event_date >= coalesce(versions.baseline_from, feature_bins.event_date)

    group by all

),

prediction_days as (

    select
        * exclude (frozen_date, first_known),
        if(is_reference, frozen_date, greatest(event_date + 1, first_known)) as seen_on

    from day_arrivals

    where seen_on <= {{ as_of }}

),

day_bins as (

    select
        dated.model_id,
        dated.model_version,
        dated.event_date,
        dated.seen_on,
        dated.is_reference,
        feature_bins.variable,
        feature_bins.bin_id,
        sum(feature_bins.n) as n,
        sum(feature_bins.value_sum order by feature_bins.known_date) as value_sum,
        sum(feature_bins.value_square_sum order by feature_bins.known_date) as value_square_sum

    from prediction_days as dated
    inner join feature_bins
        on
            dated.model_id = feature_bins.model_id
            and dated.model_version = feature_bins.model_version
            and dated.event_date = feature_bins.event_date
            and dated.seen_on >= feature_bins.known_date

    group by all

),

day_variables as (

    select
        model_id,
        model_version,
        event_date,
        seen_on,
        is_reference,
        variable,
        coalesce(sum(n) filter (bin_id <> -9), 0) as row_count,
        coalesce(sum(n) filter (bin_id = -1), 0) as absent_count,
        max(value_sum) filter (bin_id = -9) as value_sum,
        max(value_square_sum) filter (bin_id = -9) as value_square_sum

    from day_bins

    group by all

),

-- Two categories say the same twice: the second one stands for both.
categories as (

    select
        model_id,
        model_version,
        variable,
        bin_id,
        'share:' || coalesce(category, '(unseen)') as statistic

    from baseline_bins

    where
        variable_kind = 'categorical'
        and bin_id <> -1
        and not (bin_id = 0 and bin_count <= 2)

),

outcome_arrivals as (

    select
        score_outcomes.model_id,
        score_outcomes.model_version,
        score_outcomes.event_date,
        coalesce(score_outcomes.event_date <= versions.baseline_to, false) as is_reference,
        models.problem_type,
        cast(models.outcome_horizon_days as integer) as outcome_horizon_days,
        min(score_outcomes.known_date) as first_known

    from score_outcomes
    inner join versions using (model_id, model_version)
    inner join models using (model_id)

    where
        models.problem_type in ('binary', 'regression', 'loss')
        and score_outcomes.event_date
        >= coalesce(versions.baseline_from, score_outcomes.event_date)

    group by all

),

mature_days as (

    select
        *,
        greatest(event_date + outcome_horizon_days + 1, first_known) as seen_on

    from outcome_arrivals

    where seen_on <= {{ as_of }}

),

outcome_days as (

    select
        dated.model_id,
        dated.model_version,
        dated.event_date,
        dated.seen_on,
        dated.is_reference,
        dated.problem_type,
        bool_and(score_outcomes.log_loss_sum is not null) as is_probability,
        sum(score_outcomes.n) as n,
        sum(if(score_outcomes.outcome_class = '1', score_outcomes.n, 0)) as event_count,
        {{ exact_sum('score_outcomes.score_sum') }} as score_sum,
        {{ exact_sum('score_outcomes.outcome_sum') }} as outcome_sum,
        {{ exact_sum('score_outcomes.absolute_error_sum') }} as absolute_error_sum,
        greatest(0, {{ exact_sum(squared_error()) }}) as error_square_sum

    from mature_days as dated
    inner join score_outcomes
        on
            dated.model_id = score_outcomes.model_id
            and dated.model_version = score_outcomes.model_version
            and dated.event_date = score_outcomes.event_date
            and dated.seen_on >= score_outcomes.known_date

    group by all

),

day_sums as (

    select
        model_id,
        model_version,
        event_date,
        seen_on,
        is_reference,
        variable,
        'mean' as statistic,
        false as is_share,
        row_count - absent_count as n,
        value_sum,
        value_square_sum

    from day_variables

    where value_sum is not null

    union all

    select
        * exclude (row_count, absent_count, value_sum, value_square_sum),
        'missing_rate' as statistic,
        true as is_share,
        row_count as n,
        absent_count as value_sum,
        absent_count as value_square_sum

    from day_variables

    where variable <> 'score'

    union all

    select
        day_variables.* exclude (row_count, absent_count, value_sum, value_square_sum),
        categories.statistic,
        true as is_share,
        day_variables.row_count - day_variables.absent_count as n,
        coalesce(day_bins.n, 0) as value_sum,
        coalesce(day_bins.n, 0) as value_square_sum

    from day_variables
    inner join categories using (model_id, model_version, variable)
    left join day_bins
        on
            day_variables.model_id = day_bins.model_id
            and day_variables.model_version = day_bins.model_version
            and day_variables.event_date = day_bins.event_date
            and day_variables.variable = day_bins.variable
            and categories.bin_id = day_bins.bin_id

    union all

    select
        model_id,
        model_version,
        event_date,
        seen_on,
        is_reference,
        'outcome' as measured_variable,
        'observed_rate' as statistic,
        true as is_share,
        n,
        event_count as value_sum,
        event_count as value_square_sum

    from outcome_days

    where problem_type = 'binary'

    union all

    select
        model_id,
        model_version,
        event_date,
        seen_on,
        is_reference,
        'outcome' as measured_variable,
        'bias' as statistic,
        false as is_share,
        n,
        score_sum - outcome_sum as value_sum,
        error_square_sum as value_square_sum

    from outcome_days

    where problem_type <> 'binary' or is_probability

    union all

    select
        model_id,
        model_version,
        event_date,
        seen_on,
        is_reference,
        'outcome' as measured_variable,
        'mae' as statistic,
        false as is_share,
        n,
        absolute_error_sum as value_sum,
        error_square_sum as value_square_sum

    from outcome_days

    where problem_type <> 'binary'

),

reference_sums as (

    select
        model_id,
        model_version,
        variable,
        statistic,
        is_share,
        count(*) as reference_days,
        sum(value_sum order by event_date) / sum(n) as reference_mean,
        sum(value_square_sum order by event_date) / sum(n) as mean_square

    from day_sums

    where is_reference and n >= {{ var('change_minimum_sample', 10) }}

    group by all

),

baseline_series as (

    select
        *,
        if(
            is_share,
            reference_mean * (1 - reference_mean),
            mean_square - reference_mean * reference_mean
        ) as variance,
        -- what is left of a mean square after centring is rounding below this share of it
        if(is_share or variance > 1e-12 * mean_square, variance, null) as reference_variance

    from reference_sums

),

placed as (

    select
        day_sums.*,
        day_sums.value_sum / day_sums.n as daily_value,
        baseline_series.reference_days,
        baseline_series.reference_mean,
        baseline_series.reference_variance,
        sqrt(
            if(
                day_sums.is_share,
                greatest(day_sums.n * baseline_series.reference_variance, 1),
                day_sums.n * baseline_series.reference_variance
            )
        ) / day_sums.n as sampling_deviation,
        (daily_value - baseline_series.reference_mean) / sampling_deviation as distance

    from day_sums
    left join baseline_series using (model_id, model_version, variable, statistic)

    where day_sums.n > 0

),

dispersions as (

    select
        model_id,
        model_version,
        variable,
        statistic,
        greatest(1, stddev_samp(distance order by event_date)) as dispersion

    from placed

    where is_reference and n >= {{ var('change_minimum_sample', 10) }}

    group by all

),

judged as (

    select
        placed.*,
        dispersions.dispersion,
        case
            when placed.reference_days is null then 'no_baseline'
            when placed.reference_days < {{ var('change_minimum_reference_days', 20) }}
                then 'few_reference_days'
            when placed.reference_variance is null then 'zero_variance'
            when placed.n < {{ var('change_minimum_sample', 10) }} then 'small_sample'
        end as reason

    from placed
    left join dispersions using (model_id, model_version, variable, statistic)

),

volumes as (

    select
        * exclude (variable, absent_count, value_sum, value_square_sum),
        null as measured_variable,
        'volume' as statistic

    from day_variables

    where variable = 'score'

),

series as (

    select
        model_id,
        model_version,
        variable,
        statistic,
        event_date,
        seen_on,
        is_reference,
        daily_value,
        n,
        reference_mean,
        dispersion * sampling_deviation as deviation,
        dispersion,
        reference_days,
        reason

    from judged

    union all

    select
        model_id,
        model_version,
        measured_variable,
        statistic,
        event_date,
        seen_on,
        is_reference,
        row_count as daily_value,
        row_count as n,
        null as reference_mean,
        null as deviation,
        null as dispersion,
        null as reference_days,
        'not_standardised' as reason

    from volumes

)

select
    concat_ws('|', model_id, model_version, coalesce(variable, ''), statistic) as series_key,
    model_id,
    model_version,
    variable,
    statistic,
    event_date,
    seen_on,
    is_reference,
    cast(daily_value as double) as daily_value,
    cast(n as bigint) as sample_size,
    reference_mean,
    deviation,
    dispersion,
    reference_days,
    if(reason is null, (daily_value - reference_mean) / deviation, null) as standardised,
    reason as status_reason

from series
