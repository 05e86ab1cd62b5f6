{#- A verdict in one sentence: what was measured, against which limit, and what follows. -#}
{% macro verdict_sentence() -%}
    case
        when rag_status = 'grey' then concat(kri_name, ': not known (', status_reason, ')')
        else concat(
            kri_name,
            case when segment_key <> 'all' then concat(' of ', segment_value) else '' end,
            ': ', {{ dbt_model_risk.rounded_text('kri_value') }}, ' ', unit,
            case when split_part(evidence_ref, '|', 3) not in ('-', 'score')
                then concat(' (', split_part(evidence_ref, '|', 3), ')') else '' end,
            case rag_status
                when 'red' then '; red beyond '
                when 'amber' then '; amber beyond '
                else '; amber beyond '
            end,
            {{ dbt_model_risk.rounded_text("case rag_status when 'red' then red_threshold else amber_threshold end") }},
            case
                when severity = 'information' then concat('; information only in ', information_in)
                when rag_status = 'red' and waiver_id is not null
                    then concat('; waived by ', waiver_id, ' until ', waiver_expires_on)
                when enforcement = 'block' then '; blocks'
                when enforcement = 'warn' then '; warns'
                else ''
            end
        )
    end
{%- endmacro %}


{#- A number as text with at most four decimals and no trailing zeros. -#}
{% macro rounded_text(number) -%}
    regexp_replace(printf('%.4f', cast({{ number }} as double)), '\.?0+$', '')
{%- endmacro %}
