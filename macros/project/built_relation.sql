{#- The table or view of a model or seed of this name, whichever project it comes from; none where it is disabled or not
    built yet. For hooks, in which ref() of a disabled node is an error. -#}
{% macro built_relation(name) %}
    {%- for node in graph.nodes.values() if node.name == name and node.resource_type in ('model', 'seed') -%}
        {{ return(adapter.get_relation(node.database, node.schema, node.alias)) }}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}
