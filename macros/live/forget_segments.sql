{#- Takes the segments of windows out of this incremental table that are kept for all cases alone by now. -#}
{% macro forget_segments() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            segment_key <> 'all'
            and window_key in (
                select window_key from {{ ref('met_live_windows') }} where not is_segmented
            )
    {%- endif -%}
{%- endmacro %}
