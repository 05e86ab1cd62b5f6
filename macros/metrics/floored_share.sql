{#- A share of a bin, at least the floor that the stability index gives an empty one (SHARE_FLOOR of
    dbt_model_risk.drift.stability_index). -#}
{% macro floored_share(share) -%}
    greatest({{ share }}, 1e-4)
{%- endmacro %}


{#- Weight of evidence: natural logarithm of the share of nonevents over the share of events. Siddiqi
    (2006), Credit Risk Scorecards, chapter 6. -#}
{% macro weight_of_evidence(event_share, nonevent_share) -%}
    ln(
        {{ dbt_model_risk.floored_share(nonevent_share) }}
        / {{ dbt_model_risk.floored_share(event_share) }}
    )
{%- endmacro %}


{#- What a bin adds to the population stability index (psi_contributions of dbt_model_risk.drift.stability_index). -#}
{% macro psi_contribution(reference_share, current_share) -%}
    (
            {{ dbt_model_risk.floored_share(current_share) }}
            - {{ dbt_model_risk.floored_share(reference_share) }}
        )
        * ln(
            {{ dbt_model_risk.floored_share(current_share) }}
            / {{ dbt_model_risk.floored_share(reference_share) }}
        )
{%- endmacro %}
