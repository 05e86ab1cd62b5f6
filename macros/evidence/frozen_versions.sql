{#- The frozen versions of a log: ids, the day from which their rows can count (registered and frozen), and per
    variable the edges or categories in bin order. Empty before the first baseline. -#}
{% macro frozen_versions(baseline) %}
    {%- set versions = {} -%}
    {%- if execute and load_relation(baseline) -%}
        {%- set rows = run_query(
            "select model_id, model_version, cast(greatest(registered_date, frozen_date) as varchar), variable, "
            ~ "variable_kind, bin_id, upper_edge, category from " ~ baseline
            ~ " where bin_id >= 0 and greatest(registered_date, frozen_date) <= " ~ dbt_model_risk.as_of_date()
            ~ " order by model_id, model_version, variable, bin_id"
        ).rows -%}
        {%- for row in rows -%}
            {%- set version = versions.setdefault(row[0] ~ '|' ~ row[1], {
                'model_id': row[0], 'model_version': row[1], 'since': row[2], 'bins': {}
            }) -%}
            {%- set bins = version.bins.setdefault(row[3], []) -%}
            {%- if row[4] == 'categorical' -%}
                {%- do bins.append(row[7]) -%}
            {%- elif row[6] is not none -%}
                {%- do bins.append(row[6]) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(versions.values() | list) }}
{% endmacro %}
