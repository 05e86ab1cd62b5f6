{#- The rows of the CTE `candidates` beside the validation that answers each: the first of the same version that started
    on `answerable_from` or later or, where `may_be_under_way`, was not finished by then. A candidate whose answer was
    finished on the day it would trigger never was a trigger. -#}
{% macro answered_triggers() -%}
    select
        trigger_id,
        sandbox_id,
        model_id,
        model_version,
        model_tier,
        trigger_type,
        cause_id,
        reason,
        answered_by,
        triggered_on,
        respond_by,
        due_on,
        answered_on

    from (
        select
            candidates.*,
            concat_ws(
                '|', candidates.trigger_type, candidates.model_id, candidates.model_version, candidates.cause_id,
                candidates.triggered_on
            ) as trigger_id,
            answers.validation_id as answered_by,
            answers.finished_on as answer_finished_on,
            case when answers.started_on is not null then greatest(answers.started_on, candidates.triggered_on) end
                as answered_on

        from candidates

        left join ({{ dbt_model_risk.known_rows('validations') }}) as answers
            on
                candidates.model_id = answers.model_id
                and candidates.model_version = answers.model_version
                and candidates.cause_id <> answers.validation_id
                and answers.started_on <= {{ dbt_model_risk.as_of_date() }}
                and (
                    answers.started_on >= candidates.answerable_from
                    or (
                        candidates.may_be_under_way
                        and coalesce(answers.finished_on > candidates.answerable_from, true)
                    )
                )

        qualify
            row_number() over (
                partition by trigger_id order by answers.started_on nulls last, answers.validation_id
            ) = 1
    ) as beside_answers

    where coalesce(answer_finished_on > triggered_on, true)
{%- endmacro %}
