{#- The columns of a staging model with one of the roles, in YAML order, as
    {name, role, data_type, meta}. Role, scale and edges are the column's `config.meta`. -#}
{% macro role_columns(node, roles=none) %}
    {%- set found = [] -%}
    {%- for column in node.columns.values() -%}
        {%- set meta = (column.get('config') or {}).get('meta') or column.get('meta') or {} -%}
        {%- if roles is none or meta.get('role') in roles -%}
            {%- do found.append({
                'name': column.name, 'role': meta.get('role'),
                'data_type': (column.data_type or 'varchar') | lower, 'meta': meta
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
