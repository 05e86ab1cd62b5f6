{#- What a run has to count of a log, for predictions and for outcomes; none is everything. A load day is counted
    again where rows arrived, where the version of its rows was registered since, or where predictions arrived
    that its outcomes belong to. Logs are append-only, so a day that holds as many rows as were counted has
    nothing new. -#}
{% macro intake_recounts(log) %}
    {%- set recounts = {'prediction': none, 'outcome': none} -%}
    {%- if execute and is_incremental() -%}
        {%- set sources = {
            'prediction': {'table': ref('stg_' ~ log ~ '__admitted'), 'time': 'loaded_date'},
            'outcome': {'table': ref('stg_' ~ log ~ '__outcomes'), 'time': 'loaded_at'}
        } -%}
        {%- set latest = {} -%}
        {%- for row in run_query(
            "select log_kind, cast(max(loaded_date) as varchar) from " ~ this
            ~ " where log_id = '" ~ log ~ "' group by log_kind"
        ).rows -%}
            {%- do latest.update({row[0]: row[1]}) -%}
        {%- endfor -%}
        {%- for kind, source in sources.items() if kind in latest and 'prediction' in latest -%}
            {%- do recounts.update({
                kind: dbt_model_risk.uncounted_rows(log, kind, source.table, source.time, latest[kind])
            }) -%}
        {%- endfor -%}
        {%- if recounts.prediction -%}
            {%- for row in run_query(dbt_model_risk.newly_registered_days(log)).rows if recounts[row[0]] -%}
                {%- do recounts[row[0]].days.append(row[1]) -%}
            {%- endfor -%}
            {%- if recounts.outcome and recounts.prediction.since -%}
                {%- set waiting = run_query(dbt_model_risk.waiting_days(log, latest.prediction)).columns[0].values() -%}
                {%- if waiting -%}
                    {%- do recounts.outcome.days.extend(
                        run_query(dbt_model_risk.cured_days(log, latest.prediction, waiting)).columns[0].values()
                    ) -%}
                {%- endif -%}
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(recounts) }}
{% endmacro %}


{#- The recount of a log whose rows are compared with what was counted: the day from which rows are new (none
    where no row is), whether rows have no readable load time, and a list of single days, still empty. -#}
{% macro uncounted_rows(log, kind, table, time, latest) %}
    {%- set undated = time ~ " is null" if time == 'loaded_at' else time ~ " = date '1970-01-01'" -%}
    {%- set here = run_query(
        "select count(*), coalesce(sum(case when " ~ undated ~ " then 1 else 0 end), 0) from " ~ table
        ~ " where (" ~ time ~ " >= date '" ~ latest ~ "' and " ~ time ~ " < " ~ dbt_model_risk.as_of_date()
        ~ " + interval '1' day) or " ~ undated
    ).rows[0] -%}
    {%- set counted = run_query(
        "select coalesce(sum(n), 0) from " ~ this ~ " where log_id = '" ~ log ~ "' and log_kind = '" ~ kind
        ~ "' and (loaded_date >= date '" ~ latest ~ "' or loaded_date = date '1970-01-01')"
    ).rows[0][0] -%}
    {{ return({
        'since': latest if here[0] | int != counted | int else none, 'has_undated': here[1] | int > 0, 'days': []
    }) }}
{% endmacro %}


{#- Load days, with their kind, of rows that were counted before their model or version was registered. -#}
{% macro newly_registered_days(log) %}
    with

    counted as (

        select * from {{ this }}
        where log_id = '{{ log }}'

    ),

    newly_registered as (

        select distinct
            counted.model_id,
            counted.model_version

        from counted

        inner join {{ ref('stg_registered_versions') }} as versions
            on counted.model_id = versions.model_id and counted.model_version = versions.model_version

        where counted.log_kind = 'prediction' and counted.reject_reason in ('unknown_model', 'unknown_version')

    )

    select
        counted.log_kind,
        cast(counted.loaded_date as varchar)

    from counted

    inner join newly_registered
        on counted.model_id = newly_registered.model_id and counted.model_version = newly_registered.model_version

    union

    select
        counted.log_kind,
        cast(counted.loaded_date as varchar)

    from counted

    inner join {{ ref('models') }} as models on counted.model_id = models.model_id

    where counted.log_kind = 'prediction' and counted.reject_reason = 'unknown_model'
{% endmacro %}


{#- Load days of outcomes that were counted without a prediction, or with one of the last day, which a row that
    arrived since may have displaced. -#}
{% macro waiting_days(log, since) %}
    select distinct cast(loaded_date as varchar)

    from {{ this }}

    where
        log_id = '{{ log }}'
        and log_kind = 'outcome'
        and loaded_date > date '1970-01-01'
        and (
            known_date >= date '{{ since }}'
            or (model_id = '(missing)' and coalesce(reject_reason, 'accepted') <> 'null_key')
        )
{% endmacro %}


{#- Those of the waiting days that hold an outcome of a prediction that arrived since. -#}
{% macro cured_days(log, since, waiting) %}
    select distinct cast(cast(outcomes.loaded_at as date) as varchar)

    from {{ ref('stg_' ~ log ~ '__outcomes') }} as outcomes

    inner join {{ ref('stg_' ~ log ~ '__admitted') }} as admitted on outcomes.prediction_id = admitted.prediction_id

    where
        admitted.reject_reason is null
        and admitted.loaded_date >= date '{{ since }}'
        and cast(outcomes.loaded_at as date) in (date '{{ waiting | join("', date '") }}')
{% endmacro %}


{#- The condition of a recount on the load time of a row. -#}
{% macro recounted_rows(recount, time, day) -%}
    {%- set conditions = [] -%}
    {%- if recount.since -%}
        {%- do conditions.append(time ~ " >= date '" ~ recount.since ~ "'") -%}
    {%- endif -%}
    {%- if recount.has_undated -%}
        {%- do conditions.append(time ~ " is null or " ~ day ~ " = date '1970-01-01'") -%}
    {%- endif -%}
    {%- if recount.days -%}
        {%- do conditions.append(day ~ " in (date '" ~ recount.days | unique | join("', date '") ~ "')") -%}
    {%- endif -%}
    {{ conditions | join(' or ') if conditions else '1 = 0' }}
{%- endmacro %}
