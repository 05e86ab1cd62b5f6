{#- What a validation consists of. -#}
{% macro component_names() -%}
    {{ return([
        'conceptual_soundness', 'data', 'process_verification', 'outcomes_analysis', 'sensitivity', 'benchmark',
        'limitations'
    ]) }}
{%- endmacro %}
