{#- The status of many verdicts. Hard limits and tier 1: the worst of them, since a mean dilutes.
    Other tiers: by the share of measured verdicts that are red or amber, since the worst of many
    noisy indicators is nearly always amber. In every tier, thin coverage is at least amber. -#}
{% macro aggregate_status(minimum_coverage=0.9, concern_share=0.25) -%}
    case
        when n_hard_red > 0 then 'red'
        when model_tier = 1 and n_red > 0 then 'red'
        when n_red > {{ concern_share }} * (n_total - n_grey) then 'red'
        when n_total - n_grey < {{ minimum_coverage }} * n_total then 'amber'
        when model_tier = 1 and n_amber > 0 then 'amber'
        when n_red > 0 then 'amber'
        when n_amber > {{ concern_share }} * (n_total - n_grey) then 'amber'
        else 'green'
    end
{%- endmacro %}
