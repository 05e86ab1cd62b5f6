{#- Warns when a governed subject is out of its limits; fails the build when one of them blocks. -#}
{% test policy_holds(model, policy_id) %}

    {{ config(
        fail_calc = 'count(*)',
        warn_if = '> 0',
        error_if = "> 0 and bool_or(enforcement = 'block')",
        store_failures = true,
        tags = ['policy']
    ) }}

    select *
    from {{ model }}
    where
        policy_id = '{{ policy_id }}'
        and enforcement != 'none'

{% endtest %}
