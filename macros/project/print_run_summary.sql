{#- The end of a build in a few lines: what was judged, what is red and why, where to look next. -#}
{% macro print_run_summary(results) %}
    {%- set judged = results | selectattr('node.name', 'equalto', 'pol_evaluations')
        | selectattr('status', 'equalto', 'success') | list if execute else [] -%}
    {%- if judged -%}
        {%- set evaluations = dbt_model_risk.built_relation('pol_evaluations') -%}
        {%- set total = run_query(dbt_model_risk.verdict_totals(evaluations)).rows[0] -%}
        {%- if total[0] -%}
            {%- set ns = namespace(lines=[]) -%}
            {%- do ns.lines.append('') -%}
            {%- do ns.lines.append('Model risk as of ' ~ var('as_of_date') ~ ': ' ~ total[0] ~ ' verdicts on ' ~ total[1]
                ~ ' model versions in ' ~ total[2] ~ ' sandboxes: ' ~ total[3] ~ ' green, ' ~ total[4] ~ ' amber, '
                ~ total[5] ~ ' red, ' ~ total[6] ~ ' not known (grey).') -%}
            {%- for row in run_query(dbt_model_risk.verdicts_in_red(evaluations)).rows -%}
                {%- do ns.lines.append('  ' ~ row[0] ~ '  ' ~ row[1] ~ ' / ' ~ row[2] ~ ' ' ~ row[3] ~ ' / ' ~ row[4]
                    ~ ' (owner ' ~ row[5] ~ ')') -%}
                {%- do ns.lines.append('         ' ~ row[6] ~ '.') -%}
            {%- endfor -%}
            {%- do ns.lines.append(
                (total[7] ~ (' of them blocks' if total[7] == 1 else ' of them block')
                    ~ ': this build fails until cured or waived.') if total[7] else 'None of them blocks.'
            ) -%}
            {%- do ns.lines.append('Next: <sandbox>.policy_register (every verdict), <sandbox>.breaches (since when), '
                ~ 'enterprise.risk_heatmap (all sandboxes); remedies in enterprise.dim_policy.') -%}
            {%- do print(ns.lines | join('\n')) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}


{% macro verdict_totals(evaluations) %}
    select
        count(*) filter (where coalesce(status_reason, '') <> 'not_declared'),
        count(distinct model_id || '@' || model_version),
        count(distinct sandbox_id),
        count(*) filter (where rag_status = 'green'),
        count(*) filter (where rag_status = 'amber'),
        count(*) filter (where rag_status = 'red'),
        count(*) filter (where rag_status = 'grey' and coalesce(status_reason, '') <> 'not_declared'),
        count(*) filter (where enforcement = 'block')

    from {{ evaluations }}
{% endmacro %}


{% macro verdicts_in_red(evaluations) %}
    select
        case evaluations.enforcement when 'block' then 'BLOCKS' else 'warns ' end,
        evaluations.sandbox_id,
        evaluations.model_id,
        evaluations.model_version,
        evaluations.policy_id,
        coalesce(people.name, models.owner_id, 'nobody'),
        evaluations.explanation

    from {{ evaluations }} as evaluations
    left join {{ dbt_model_risk.built_relation('models') }} as models on evaluations.model_id = models.model_id
    left join {{ dbt_model_risk.built_relation('people') }} as people on models.owner_id = people.person_id
    where evaluations.rag_status = 'red'
    order by evaluations.enforcement, evaluations.sandbox_id, evaluations.evaluation_key
{% endmacro %}
