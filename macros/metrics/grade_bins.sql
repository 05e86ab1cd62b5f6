{#- Which score bins belong to which grade: first_bin to last_bin, for each resolution in the CTE
    `resolutions` of a version in the CTE `version_grades`. A grade is closed on the left, the last on
    both sides. An edge that no bin begins at splits a bin: the whole of it belongs where its middle
    lies, and split_from and split_to name it, so that its cases can be counted as an error. An edge
    is found with the arithmetic that binned the score (see met_calibration). -#}
{% macro grade_bins() -%}
    {%- set edges = {'from': 'score_from', 'to': 'score_to'} -%}
    select
        version_grades.*,
        resolutions.score_resolution,
        {%- for name, edge in edges.items() %}
        cast(floor({{ edge }} * score_resolution) as bigint) as {{ name }}_bin,
        score_resolution < 1099511627776
        and {{ name }}_bin / score_resolution <> {{ edge }} as is_{{ name }}_split,
        if(is_{{ name }}_split, {{ name }}_bin, null) as split_{{ name }},
        {%- endfor %}
        if(
            is_from_split, cast(ceil(score_from * score_resolution - 0.5) as bigint), from_bin
        ) as first_bin,
        case
            when is_last then to_bin
            when is_to_split then cast(ceil(score_to * score_resolution - 0.5) as bigint) - 1
            else to_bin - 1
        end as last_bin

    from version_grades
    inner join resolutions using (model_id, model_version)
{%- endmacro %}
