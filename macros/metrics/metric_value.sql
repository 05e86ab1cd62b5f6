{#- One metric as a struct of expressions. `withheld` is the reason why there is no value (null:
    there is one); `caveat` qualifies a value that is given. -#}
{% macro metric_value(
    metric, value, convention, withheld='null', caveat='null', ci_low='null', ci_high='null',
    error_bound='null', sample_size='sample_size', event_count='event_count'
) -%}
    struct_pack(
        metric := '{{ metric }}',
        value := case when {{ withheld }} is null then cast({{ value }} as double) end,
        ci_low := case when {{ withheld }} is null then cast({{ ci_low }} as double) end,
        ci_high := case when {{ withheld }} is null then cast({{ ci_high }} as double) end,
        error_bound := case when {{ withheld }} is null then cast({{ error_bound }} as double) end,
        sample_size := cast({{ sample_size }} as bigint),
        event_count := cast({{ event_count }} as bigint),
        status_reason := cast(coalesce({{ withheld }}, {{ caveat }}) as varchar),
        convention_id := '{{ convention }}'
    )
{%- endmacro %}
