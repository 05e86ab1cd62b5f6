{#- Stops with one readable message when a log's YAML or its source lacks what the contract needs. -#}
{% macro check_log_columns(node, relation, columns, mandatory, optional) %}
    {%- set known = mandatory + optional + ['segment', 'group', 'feature'] -%}
    {%- set named = [] -%}
    {%- for column in dbt_model_risk.role_columns(node) -%}
        {%- do named.append(column.name) -%}
        {%- if column.role not in known -%}
            {%- do dbt_model_risk.fail_log(node, "column '" ~ column.name ~ "' has "
                ~ ("no role" if column.role is none else "the unknown role '" ~ column.role ~ "'")
                ~ ". Set config.meta.role to one of: " ~ known | join(', ')) -%}
        {%- elif column.role in mandatory + optional and column.role != column.name -%}
            {%- do dbt_model_risk.fail_log(node, "column '" ~ column.name ~ "' has the role '" ~ column.role
                ~ "', which belongs to a column of that name. Rename the column in the YAML and map its "
                ~ "source with columns={'" ~ column.role ~ "': '" ~ column.name ~ "'}") -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in mandatory if name not in named -%}
        {%- do dbt_model_risk.fail_log(node, "the mandatory column '" ~ name ~ "' is not in the YAML. Add it with "
            ~ "config.meta.role: " ~ name) -%}
    {%- endfor -%}
    {%- for name in columns if name not in named -%}
        {%- do dbt_model_risk.fail_log(node, "columns maps '" ~ name ~ "', which is not in the YAML") -%}
    {%- endfor -%}
    {%- set present = dbt_model_risk.column_names(relation) | map('lower') | list -%}
    {%- if present -%}
        {%- for name in named if name not in columns and name | lower not in present -%}
            {%- do dbt_model_risk.fail_log(node, "its source " ~ relation ~ " has no column '" ~ name ~ "' (it has: "
                ~ present | join(', ') ~ "). Map it with columns={'" ~ name
                ~ "': '<source column>'}, or correct the name in the YAML") -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do dbt_model_risk.check_declarations(node, has_rules='score' in mandatory) -%}
{% endmacro %}


{% macro fail_log(node, message) %}
    {{ exceptions.raise_compiler_error(
        "Log " ~ node.name ~ " (" ~ node.original_file_path ~ "): " ~ message ~ "."
    ) }}
{% endmacro %}


{#- The columns of a relation; a source may also be a call such as read_parquet('...'), which cannot be described. -#}
{% macro column_names(relation) %}
    {%- if '(' in relation | string -%}
        {{ return(run_query('select * from ' ~ relation ~ ' limit 0').column_names | list) }}
    {%- endif -%}
    {{ return(adapter.get_columns_in_relation(relation) | map(attribute='name') | list) }}
{% endmacro %}
