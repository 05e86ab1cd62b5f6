{#- The gates in force, read from the project's own tests: which policy is asserted, where, and
    who answers for it. -#}
with

gates as (

    {% set gates = [] -%}
    {% if execute -%}
    {% for node in graph.nodes.values() if node.resource_type == 'test' -%}
        {% if (node.test_metadata or {}).get('name') == 'policy_holds' -%}
            {% do gates.append(node) -%}
        {% endif -%}
    {% endfor -%}
    {% endif -%}
    {% for node in gates | sort(attribute='name') -%}
    {{ 'union all' if not loop.first }}
    select
        '{{ node.test_metadata.kwargs.policy_id }}' as policy_id,
        '{{ graph.nodes[node.attached_node].schema }}' as sandbox_id,
        '{{ node.name }}' as test_name,
        '{{ node.config.meta.get("owner", "") }}' as owner,
        '{{ (node.description or "") | replace("'", "''") }}' as description
    {% else -%}
    select
        cast(null as varchar) as policy_id,
        cast(null as varchar) as sandbox_id,
        cast(null as varchar) as test_name,
        cast(null as varchar) as owner,
        cast(null as varchar) as description

    where 1 = 0
    {% endfor %}

)

select * from gates
