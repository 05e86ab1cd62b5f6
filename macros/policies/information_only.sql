{#- The models and policies for which a finding informs and breaches nothing: in every jurisdiction of
    the model the policy's effect in force is `information`. A jurisdiction that the register does not
    mention, and a model that says none, hold the policy as a breach. -#}
{% macro information_only() -%}
    select
        places.model_id,
        places.policy_id,
        string_agg(places.jurisdiction, ', ' order by places.jurisdiction) as information_in

    from (
        select
            models.model_id,
            listed.policy_id,
            trim(unnest(string_split(models.jurisdiction, ';'))) as jurisdiction

        from ({{ dbt_model_risk.known_rows('models') }}) as models

        cross join (
            select distinct policy_id
            from ({{ dbt_model_risk.rows_in_force('policy_jurisdictions') }}) as rows_in_force
        ) as listed
    ) as places

    left join ({{ dbt_model_risk.rows_in_force('policy_jurisdictions') }}) as effects
        on places.policy_id = effects.policy_id and places.jurisdiction = effects.jurisdiction

    group by places.model_id, places.policy_id

    having bool_and(coalesce(effects.effect = 'information', false))
{%- endmacro %}
