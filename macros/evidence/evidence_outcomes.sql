{#- Outcomes as additive sums, append-only: an outcome is a plus row on the day it is known; a later correction
    is a minus row of the old state and a plus row of the new; an exclusion is a minus row alone. A run handles
    only predictions with something new since the watermark. Sums are decimal inside, so that no order of
    arrival or of threads changes a digit. -#}
{% macro evidence_outcomes(log) %}
    {{ config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='known_date',
        on_schema_change='append_new_columns',
        tags=dbt_model_risk.live_tags(log)
    ) }}
    {#- Named here so that the parents are the same in a first and in a later run. -#}
    {%- set parents = dbt_model_risk.outcome_parents(log) -%}
    {%- set since = dbt_model_risk.watermark('known_date') -%}
    {%- set shape = dbt_model_risk.log_shape(log) if execute else {'segments': [], 'groups': [], 'columns': [], 'scale': none, 'has_classes': true, 'classes': none,
        'is_ranked': false, 'resolution': none, 'meta': {}} -%}
    {%- set keys = shape.segments + shape.groups -%}
    {%- set sums = dbt_model_risk.outcome_sum_columns(log, shape) -%}
    {%- set types, fixed = {}, {} -%}
    {%- for name, sum in sums.items() -%}
        {%- do types.update({name: sum.type}) -%}
        {%- if sum.term is none -%}{%- do fixed.update({name: sum.get('without', 0)}) -%}{%- endif -%}
    {%- endfor -%}
with

{{ dbt_model_risk.outcome_changes(log, since, shape, dbt_model_risk.outcome_terms) }},

{{ dbt_model_risk.outcome_sums(shape, keys, since, sums) }}

{{ dbt_model_risk.roll_up(log, keys, [
    'model_id', 'model_version', 'event_date', 'known_date', 'score_bin', 'predicted_class', 'outcome_class'
], types, shape.resolution, drop_zero=true, fixed=fixed) }}
{% endmacro %}
