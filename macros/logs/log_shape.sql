{#- What one log holds, by role: the names of its segments, groups and features, which contract columns it
    has, the scale and resolution of its score, whether outcomes are an event that happened or not (has_classes), the
    labels of a log whose outcomes are one of several classes, and whether values are binned so that they can be
    ranked. Everything generated for a log starts from this. -#}
{% macro log_shape(log) %}
    {%- set node = dbt_model_risk.log_node(log) -%}
    {%- set shape = {
        'segments': [], 'groups': [], 'numeric': [], 'categorical': [], 'columns': [],
        'scale': none, 'resolution': none, 'has_classes': true, 'classes': none, 'is_ranked': false,
        'meta': {}
    } -%}
    {%- for column in dbt_model_risk.role_columns(node) -%}
        {%- do shape.columns.append(column.name) -%}
        {%- do shape.meta.update({column.name: column.meta}) -%}
        {%- if column.role in ('segment', 'group') -%}
            {%- do shape[column.role ~ 's'].append(column.name) -%}
        {%- elif column.role == 'feature' -%}
            {%- do shape['numeric' if dbt_model_risk.is_numeric_type(column.data_type) else 'categorical'].append(column.name) -%}
        {%- elif column.role == 'score' -%}
            {%- do shape.numeric.insert(0, 'score') -%}
            {%- do shape.update({
                'scale': column.meta.get('scale', 'probability'),
                'has_classes': column.meta.get('scale', 'probability') not in ('value', 'lgd'),
                'resolution': column.meta.get('resolution', 10000),
                'is_ranked': column.meta.get('scale') == 'value' and 'resolution' in column.meta
            }) -%}
        {%- elif column.role in ('decision', 'predicted_class') -%}
            {%- do shape.categorical.append(column.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if shape.meta.get('predicted_class', {}).get('classes') -%}
        {%- do shape.update({'classes': shape.meta.predicted_class.classes, 'has_classes': false}) -%}
    {%- endif -%}
    {%- if shape.resolution == 'exact' -%}
        {#- Every double from 2^-50 up keeps a bin of its own. -#}
        {%- do shape.update({'resolution': 1125899906842624}) -%}
    {%- endif -%}
    {{ return(shape) }}
{% endmacro %}


{#- Whether a YAML data_type holds numbers. -#}
{% macro is_numeric_type(data_type) %}
    {{ return(
        data_type.split('(')[0] | trim in
        ('double', 'float', 'real', 'decimal', 'numeric', 'bigint', 'integer', 'int', 'smallint', 'tinyint')
    ) }}
{% endmacro %}
