{#- Every logged prediction known by the as-of date, narrow: keys, times, score, decision, segments; and whether it
    is admitted. A key seen before is a duplicate: the first arrival stays. Features stay in the log.
    Rows without a readable load time stand under 1970-01-01 and are judged anew by every run. -#}
{% macro admitted_log(log) %}
    {{ config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='loaded_date',
        on_schema_change='append_new_columns',
        tags=dbt_model_risk.live_tags(log)
    ) }}
    {%- set since = dbt_model_risk.watermark('loaded_date') -%}
    {%- set columns = dbt_model_risk.admitted_columns(log) if execute else ['prediction_id'] -%}
    {%- set new_rows = dbt_model_risk.arrived_rows(log, since) -%}
    {%- set batch -%}
        (
            select
                {{ columns | join(', ') }},
                reject_reason,
                cast(predicted_at as date) as event_date,
                coalesce(cast(loaded_at as date), date '1970-01-01') as loaded_date

            from {{ ref('stg_' ~ log) }}

            where
                (loaded_at < {{ dbt_model_risk.as_of_date() }} + interval '1' day or loaded_at is null)
                {%- if since %}
                and {{ new_rows }}
                {%- endif %}
        )
    {%- endset -%}
    {%- set is_possible_repeat = dbt_model_risk.key_range(batch) if since else '1 = 1' -%}
with

repeated_keys as (

    select prediction_id
    from {{ batch }} as batch
    where reject_reason is null
    group by prediction_id
    having count(*) > 1

    {%- if since %}

    union

    select batch.prediction_id
    from {{ batch }} as batch
    inner join {{ this }} as earlier on batch.prediction_id = earlier.prediction_id
    where
        batch.reject_reason is null
        and earlier.reject_reason is null
        and earlier.loaded_date < date '{{ since }}'
        and {{ is_possible_repeat }}
    {%- endif %}

),

repeats as (

    select
        batch.*,
        row_number() over (
            partition by batch.prediction_id
            order by batch.loaded_at, {{ dbt_model_risk.prefixed('batch', columns) }}
        ) as arrival

    from {{ batch }} as batch

    inner join repeated_keys on batch.prediction_id = repeated_keys.prediction_id

    where batch.reject_reason is null

),

{%- if since %}

earlier_arrivals as (

    select earlier.prediction_id
    from {{ this }} as earlier
    inner join repeated_keys on earlier.prediction_id = repeated_keys.prediction_id
    where
        earlier.reject_reason is null
        and earlier.loaded_date < date '{{ since }}'
        and {{ is_possible_repeat }}

),
{%- endif %}

judged_repeats as (

    select
        {{ dbt_model_risk.prefixed('repeats', columns) }},
        case
            {%- if since %}
            when earlier_arrivals.prediction_id is not null then 'duplicate_key'
            {%- endif %}
            when repeats.arrival > 1 then 'duplicate_key'
        end as reject_reason,
        repeats.event_date,
        repeats.loaded_date

    from repeats

    {%- if since %}

    left join earlier_arrivals on repeats.prediction_id = earlier_arrivals.prediction_id
    {%- endif %}

)

select batch.*
from {{ batch }} as batch
left join repeated_keys on batch.prediction_id = repeated_keys.prediction_id
where batch.reject_reason is not null or repeated_keys.prediction_id is null

union all

select * from judged_repeats
{% endmacro %}


{#- The condition on a log's load time that holds for what may have arrived since a day, and for nothing where the log
    (append-only) has as many rows as were admitted. -#}
{% macro arrived_rows(log, since) %}
    {%- set rows = ref('stg_' ~ log) -%}
    {%- if not execute or not since -%}
        {{ return('1 = 1') }}
    {%- endif -%}
    {%- set arrived = run_query(
        "select count(*), count(loaded_at) from " ~ rows ~ " where (loaded_at >= timestamp '" ~ since
        ~ "' and loaded_at < " ~ dbt_model_risk.as_of_date() ~ " + interval '1' day) or loaded_at is null"
    ).rows[0] -%}
    {%- set admitted = run_query(
        "select count(*) from " ~ this ~ " where loaded_date >= date '" ~ since ~ "' or loaded_date = date '1970-01-01'"
    ).rows[0][0] -%}
    {%- if arrived[0] | int == admitted | int -%}
        {{ return('1 = 0') }}
    {%- elif arrived[0] | int == arrived[1] | int -%}
        {{ return("loaded_at >= timestamp '" ~ since ~ "'") }}
    {%- endif -%}
    {{ return("(loaded_at >= timestamp '" ~ since ~ "' or loaded_at is null)") }}
{% endmacro %}


{#- The condition that an earlier key lies between the least and the greatest key of a batch: as constants, so that row
    groups of keys that grow with time are not read. A letter before the keys keeps an empty one from reading as
    null. -#}
{% macro key_range(batch) %}
    {%- set keys = run_query(
        "select concat('k', min(prediction_id)), concat('k', max(prediction_id)), count(*) from "
        ~ batch ~ " as batch where reject_reason is null"
    ).rows[0] -%}
    {%- if keys[2] | int == 0 -%}
        {{ return('1 = 0') }}
    {%- endif -%}
    {{ return("earlier.prediction_id between '" ~ keys[0][1:].replace("'", "''") ~ "' and '"
        ~ keys[1][1:].replace("'", "''") ~ "'") }}
{% endmacro %}


{#- The narrow columns of a log: everything except its features. -#}
{% macro admitted_columns(log) %}
    {%- set names = [] -%}
    {%- for column in dbt_model_risk.role_columns(dbt_model_risk.log_node(log)) if column.role != 'feature' -%}
        {%- do names.append(column.name) -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}
