{#- The grades of every version that declares a rating scale, as known on the as-of date. -#}
{% macro version_grades() -%}
    select
        parameters.model_id,
        parameters.model_version,
        grades.rating_scale_id,
        grades.grade,
        grades.grade_rank,
        grades.score_from,
        grades.score_to,
        grades.grade_pd,
        grades.grade_rank = max(grades.grade_rank) over (
            partition by parameters.model_id, parameters.model_version
        ) as is_last

    from ({{ dbt_model_risk.known_rows('validation_parameters') }}) as parameters
    inner join ({{ dbt_model_risk.known_rows('rating_grades') }}) as grades
        on parameters.rating_scale_id = grades.rating_scale_id
{%- endmacro %}
