{#- Model risk in money, of each model, sandbox and the whole bank. Amounts of different currencies
    are never added. A common cause is an upstream model or a class of models; it may hit every
    model that shares it at once. -#}
{%- set measures = {
    'var_add_on': ('model_risk_add_on', 'var_990'), 'backtest_add_on': ('backtest_add_on', none),
    'ava_method1': ('ava_method1', none), 'ava_method2': ('ava_method2', none)
} %}
with

models as (

    {{ known_rows('models') }} and is_in_scope

),

sandboxes as (

    {{ known_rows('sandboxes') }}

),

dependencies as (

    {{ known_rows('model_dependencies') }}

),

leads as (

    select distinct
        model_id,
        model_version,
        portfolio_id

    from {{ ref('met_book_days') }}

    where is_lead

),

figures as (

    select
        uncertainty.model_id,
        uncertainty.value,
        case
            {%- for measure, (metric, variable) in measures.items() %}
            when
                uncertainty.metric = '{{ metric }}'
                {%- if variable %} and uncertainty.variable = '{{ variable }}'{% endif %}
                then '{{ measure }}'
            {%- endfor %}
        end as measure

    from {{ ref('met_model_uncertainty') }} as uncertainty

    -- a second champion of the same portfolio would count its risk twice
    inner join leads
        on
            uncertainty.model_id = leads.model_id
            and uncertainty.model_version = leads.model_version
            and uncertainty.segment_value = leads.portfolio_id

),

measures as (

    {%- for measure in measures %}
    {{ 'union all' if not loop.first }}
    select '{{ measure }}' as measure
    {%- endfor %}

),

model_amounts as (

    select
        models.sandbox_id,
        models.model_id,
        models.model_class,
        measures.measure,
        sandboxes.base_currency,
        {{ exact_sum('figures.value') }} as amount,
        sqrt(sum(figures.value * figures.value order by figures.value)) as root_sum_of_squares

    from models

    cross join measures
    inner join sandboxes on models.sandbox_id = sandboxes.sandbox_id
    left join figures
        on models.model_id = figures.model_id and measures.measure = figures.measure

    group by all

),

causes as (

    select distinct
        model_id,
        'model class ' || model_class as cause

    from models

    where model_class is not null

    union all

    select distinct
        downstream_model_id as model_id,
        'upstream ' || upstream_model_id as cause

    from dependencies

    union all

    select distinct
        upstream_model_id as model_id,
        'upstream ' || upstream_model_id as cause

    from dependencies

),

placed as (

    select
        'sandbox' as aggregation_level,
        sandbox_id as scope,
        *

    from model_amounts

    union all

    select
        'enterprise' as aggregation_level,
        'enterprise' as scope,
        *

    from model_amounts

),

scopes as (

    select
        aggregation_level,
        scope,
        measure,
        case when aggregation_level = 'sandbox' then scope end as sandbox_id,
        count(*) as n_models,
        count(amount) as n_quantified,
        count(distinct base_currency) filter (where amount is not null) as n_currencies,
        coalesce(
            min(base_currency) filter (where amount is not null),
            case when aggregation_level = 'sandbox' then min(base_currency) end
        ) as base_currency,
        {{ exact_sum('amount') }} as amount_sum,
        sqrt(sum(amount * amount order by amount)) as root_sum_of_squares

    from placed

    group by aggregation_level, scope, measure

),

cause_sums as (

    select
        placed.aggregation_level,
        placed.scope,
        placed.measure,
        causes.cause,
        {{ exact_sum('placed.amount') }} as amount

    from placed

    inner join causes on placed.model_id = causes.model_id

    group by all

),

worst_causes as (

    select *
    from cause_sums
    where amount is not null
    qualify
        row_number() over (
            partition by aggregation_level, scope, measure
            order by amount desc, cause asc
        ) = 1

),

totals as (

    select
        scopes.aggregation_level,
        scopes.scope,
        scopes.sandbox_id,
        cast(null as varchar) as model_id,
        scopes.measure,
        scopes.n_models,
        scopes.n_quantified,
        scopes.n_currencies > 1 as is_mixed,
        scopes.base_currency,
        scopes.amount_sum,
        scopes.root_sum_of_squares,
        worst_causes.amount as worst_common_cause,
        worst_causes.cause as common_cause

    from scopes

    left join worst_causes
        on
            scopes.aggregation_level = worst_causes.aggregation_level
            and scopes.scope = worst_causes.scope
            and scopes.measure = worst_causes.measure

),

rows_of_all_levels as (

    select
        'model' as aggregation_level,
        model_id as scope,
        sandbox_id,
        model_id,
        measure,
        1 as n_models,
        case when amount is null then 0 else 1 end as n_quantified,
        false as is_mixed,
        base_currency,
        amount as amount_sum,
        root_sum_of_squares,
        cast(null as double) as worst_common_cause,
        cast(null as varchar) as common_cause

    from model_amounts

    union all

    select * from totals

)

select
    concat_ws('|', aggregation_level, scope, measure) as aggregate_model_risk_key,
    {{ as_of_date() }} as as_of_date,
    aggregation_level,
    sandbox_id,
    model_id,
    measure,
    case when not is_mixed then base_currency end as currency,
    case when not is_mixed then amount_sum end as amount_sum,
    case when not is_mixed then root_sum_of_squares end as amount_root_sum_of_squares,
    case when not is_mixed then worst_common_cause end as amount_worst_common_cause,
    case when not is_mixed then common_cause end as common_cause,
    cast(n_models as bigint) as n_models,
    cast(n_quantified as bigint) as n_quantified,
    n_quantified / n_models as coverage_share,
    case
        when is_mixed then 'mixed_currency'
        when n_quantified = 0 then 'not_quantified'
        when n_quantified < n_models then 'partly_quantified'
    end as status_reason

from rows_of_all_levels
