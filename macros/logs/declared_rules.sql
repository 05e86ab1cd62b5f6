{#- The rules that a prediction log's YAML declares, in its order, as {variable, condition, columns}: `range:`, `domain:`
    and `pattern:<column>`, the cross-field rules of the model's `config.meta.rules` under their own ids, and
    `valid:<column>` for the rules of a column with several, together. The variable is the one in evd_feature_bins; a
    condition is null where there is nothing to judge. -#}
{% macro declared_rules(node) %}
    {%- set rules = [] -%}
    {%- for column in dbt_model_risk.role_columns(node) -%}
        {%- set conditions = dbt_model_risk.column_conditions(column) -%}
        {%- for kind, condition in conditions.items() -%}
            {%- do rules.append({
                'variable': 'rule:' ~ kind ~ ':' ~ column.name, 'condition': condition, 'columns': [column.name]
            }) -%}
        {%- endfor -%}
        {%- if conditions | length > 1 -%}
            {%- do rules.append({
                'variable': 'rule:valid:' ~ column.name,
                'condition': '(' ~ conditions.values() | join(') and (') ~ ')',
                'columns': [column.name]
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for rule in dbt_model_risk.cross_field_rules(node) -%}
        {%- do rules.append({
            'variable': 'rule:' ~ rule.rule_id, 'condition': rule.expression,
            'columns': dbt_model_risk.mentioned_columns(node, rule.expression)
        }) -%}
    {%- endfor -%}
    {{ return(rules) }}
{% endmacro %}


{#- What holds for a sound value of one column, by kind of rule. -#}
{% macro column_conditions(column) %}
    {%- set conditions = {} -%}
    {%- if column.meta.get('range') -%}
        {%- set low, high = column.meta.range -%}
        {%- set bounds = [] -%}
        {%- if low is not none -%}
            {%- do bounds.append(column.name ~ ' >= ' ~ dbt_model_risk.double_literal(low)) -%}
        {%- endif -%}
        {%- if high is not none -%}
            {%- do bounds.append(column.name ~ ' <= ' ~ dbt_model_risk.double_literal(high)) -%}
        {%- endif -%}
        {%- do conditions.update({'range': bounds | join(' and ')}) -%}
    {%- endif -%}
    {%- if column.meta.get('domain') -%}
        {%- set values = [] -%}
        {%- for value in column.meta.domain -%}
            {%- do values.append(
                dbt_model_risk.double_literal(value) if dbt_model_risk.is_numeric_type(column.data_type)
                else dbt_model_risk.text_list([dbt_model_risk.declared_text(value)])
            ) -%}
        {%- endfor -%}
        {%- do conditions.update({'domain': column.name ~ ' in (' ~ values | join(', ') ~ ')'}) -%}
    {%- endif -%}
    {%- if column.meta.get('pattern') -%}
        {%- do conditions.update({'pattern': dbt_model_risk.matches_pattern(column.name, column.meta.pattern)}) -%}
    {%- endif -%}
    {{ return(conditions) }}
{% endmacro %}


{% macro cross_field_rules(node) %}
    {%- set meta = (node.get('config') or {}).get('meta') or node.get('meta') or {} -%}
    {{ return(meta.get('rules') or []) }}
{% endmacro %}


{#- The columns of a log that an expression names. -#}
{% macro mentioned_columns(node, expression) %}
    {%- set words = modules.re.findall('[a-z0-9_]+', expression | lower) -%}
    {%- set found = [] -%}
    {%- for column in dbt_model_risk.role_columns(node) if column.name | lower in words -%}
        {%- do found.append(column.name) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
