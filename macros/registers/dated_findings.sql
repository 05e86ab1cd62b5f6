{#- The findings known on the as-of date, each with the day it is due by now: that of its last extension. Two extensions
    count, and none that nobody else than the finding's owner approved. -#}
{% macro dated_findings() -%}
    select
        findings.*,
        coalesce(extensions.extension_count, 0) as extension_count,
        coalesce(extensions.extended_to, findings.due_on) as effective_due_on

    from ({{ dbt_model_risk.known_rows('findings') }}) as findings

    left join (
        select
            counted.finding_id,
            count(*) as extension_count,
            arg_max(counted.extended_to, counted.extension_number) as extended_to

        from (
            select
                granted.*,
                row_number() over (
                    partition by granted.finding_id order by granted.recorded_at, granted.extended_to
                ) as extension_number

            from ({{ dbt_model_risk.known_rows('finding_extensions') }}) as granted
            inner join {{ ref('findings') }} as extended on granted.finding_id = extended.finding_id
            where granted.approved_by is not null and granted.approved_by is distinct from extended.owner_id
        ) as counted

        where counted.extension_number <= 2

        group by counted.finding_id
    ) as extensions
        on findings.finding_id = extensions.finding_id

    where findings.raised_on <= {{ dbt_model_risk.as_of_date() }}
{%- endmacro %}
