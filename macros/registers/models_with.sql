{#- The models of sandboxes that did not switch a capability off. Off is a row that somebody approved; a
    capability that nobody decided on is on. -#}
{% macro models_with(capability) -%}
    select *
    from ({{ dbt_model_risk.known_rows('models') }}) as known_models
    where
        sandbox_id not in (
            select sandbox_id
            from ({{ dbt_model_risk.known_rows('sandbox_needs') }}) as known_needs
            where capability = '{{ capability }}' and need = 'off'
        )
{%- endmacro %}
