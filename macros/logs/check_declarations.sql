{#- Stops with one readable message where what a log's YAML declares about its values cannot be right. Only a
    prediction log has rules, since they are counted in its scan. -#}
{% macro check_declarations(node, has_rules) %}
    {%- set known = [
        'role', 'scale', 'resolution', 'edges', 'favourable', 'migration',
        'missing_values', 'domain', 'range', 'pattern', 'level', 'classes'
    ] -%}
    {%- for column in dbt_model_risk.role_columns(node) -%}
        {%- set where = "column '" ~ column.name ~ "'" -%}
        {%- for key in column.meta if key not in known and not key.startswith('x_') -%}
            {%- do dbt_model_risk.fail_log(node, where ~ " declares the unknown key '" ~ key
                ~ "'. Known are " ~ known | join(', ') ~ "; begin a key of your own with x_") -%}
        {%- endfor -%}
        {%- for key in ['missing_values', 'domain'] if key in column.meta -%}
            {%- do dbt_model_risk.check_declared_list(node, column, key) -%}
        {%- endfor -%}
        {%- for key in ['domain', 'range', 'pattern'] if key in column.meta -%}
            {%- if not has_rules -%}
                {%- do dbt_model_risk.fail_log(node, where ~ " declares a " ~ key ~ ", which is counted for "
                    ~ "predictions only. Declare it in the prediction log, or take it out") -%}
            {%- elif column.role in dbt_model_risk.time_roles() -%}
                {%- do dbt_model_risk.fail_log(node, where ~ " is a time and cannot have a " ~ key
                    ~ ". Write a rule of the model (config.meta.rules) about it instead") -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if 'range' in column.meta -%}
            {%- do dbt_model_risk.check_declared_range(node, column) -%}
        {%- endif -%}
        {%- if 'pattern' in column.meta -%}
            {%- if dbt_model_risk.is_numeric_type(column.data_type) -%}
                {%- do dbt_model_risk.fail_log(node, where ~ " holds numbers and cannot have a pattern. Declare a "
                    ~ "range or a domain, or make its data_type varchar") -%}
            {%- elif not (column.meta.pattern is string and column.meta.pattern) -%}
                {%- do dbt_model_risk.fail_log(node, where ~ " declares an empty pattern. Write a regular expression "
                    ~ "that the whole value must match, in quotes, or take it out") -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do dbt_model_risk.check_levels(node) -%}
    {%- do dbt_model_risk.check_classes(node) -%}
    {%- do dbt_model_risk.check_cross_field_rules(node, has_rules) -%}
{% endmacro %}


{#- The levels of an interval's ends: shares strictly between 0 and 1, the lower one first. -#}
{% macro check_levels(node) %}
    {%- set levels = {} -%}
    {%- for column in dbt_model_risk.role_columns(node) if 'level' in column.meta -%}
        {%- set where = "column '" ~ column.name ~ "'" -%}
        {%- set level = dbt_model_risk.declared_number(column.meta.level) -%}
        {%- if column.role not in ('score_lower', 'score_upper') -%}
            {%- do dbt_model_risk.fail_log(node, where ~ " declares a level, which only the ends of an interval have. "
                ~ "Declare it on score_lower and score_upper, or take it out") -%}
        {%- elif level is none or level <= 0 or level >= 1 -%}
            {%- do dbt_model_risk.fail_log(node, where ~ " declares the level " ~ column.meta.level
                ~ ", which is no share between 0 and 1. Write level: 0.05 for an end that one outcome in twenty is "
                ~ "below") -%}
        {%- endif -%}
        {%- do levels.update({column.role: level}) -%}
    {%- endfor -%}
    {%- if levels | length == 2 and levels.score_lower >= levels.score_upper -%}
        {%- do dbt_model_risk.fail_log(node, "the level of score_lower, " ~ levels.score_lower ~ ", is not below that of "
            ~ "score_upper, " ~ levels.score_upper ~ ". Correct one of the two") -%}
    {%- endif -%}
{% endmacro %}


{#- The classes of a log whose outcomes are one of several: two labels or more, on the predicted class, whose
    probability is the score. -#}
{% macro check_classes(node) %}
    {%- for column in dbt_model_risk.role_columns(node) if 'classes' in column.meta -%}
        {%- set where = "column '" ~ column.name ~ "'" -%}
        {%- set classes = column.meta.classes -%}
        {%- if column.role != 'predicted_class' -%}
            {%- do dbt_model_risk.fail_log(node, where ~ " declares classes, which belong to predicted_class. Declare "
                ~ "them there; outcomes are held against the same list") -%}
        {%- elif classes is string or classes is mapping or classes is not iterable
            or classes | reject('string') | list or classes | unique(case_sensitive=true) | list | length < 2
            or classes | unique(case_sensitive=true) | list | length < classes | length -%}
            {%- do dbt_model_risk.fail_log(node, where ~ " declares classes of " ~ classes ~ ". Write two labels or "
                ~ "more in quotes, each once: classes: ['bond', 'equity', 'mixed']") -%}
        {%- endif -%}
        {%- for score in dbt_model_risk.role_columns(node, ['score'])
            if score.meta.get('scale', 'probability') != 'probability' -%}
            {%- do dbt_model_risk.fail_log(node, where ~ " declares classes, but the score's scale is "
                ~ score.meta.scale ~ ". The score of a class is its probability: scale: probability") -%}
        {%- endfor -%}
    {%- endfor -%}
{% endmacro %}


{#- Outcomes are labels where the predictions declare classes, and numbers where they do not. -#}
{% macro check_outcome_type(node, shape) %}
    {%- for column in dbt_model_risk.role_columns(node, ['outcome']) -%}
        {%- if shape.classes and dbt_model_risk.is_numeric_type(column.data_type) -%}
            {%- do dbt_model_risk.fail_log(node, "column 'outcome' holds numbers (data_type " ~ column.data_type
                ~ "), but its predictions declare classes, which are text. Make its data_type varchar") -%}
        {%- elif not shape.classes and not dbt_model_risk.is_numeric_type(column.data_type) -%}
            {%- do dbt_model_risk.fail_log(node, "column 'outcome' holds text (data_type " ~ column.data_type
                ~ "). Declare the classes on the predictions' predicted_class (config.meta.classes), or make its "
                ~ "data_type a number") -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}


{#- A list of values: some, none of them null, and numbers where the column's domain is one of numbers. -#}
{% macro check_declared_list(node, column, key) %}
    {%- set where = "column '" ~ column.name ~ "'" -%}
    {%- set values = column.meta[key] -%}
    {%- if values is string or values is mapping or values is not iterable or values | length == 0 -%}
        {%- do dbt_model_risk.fail_log(node, where ~ " declares " ~ key ~ " of " ~ (values or 'nothing')
            ~ ". Write a list such as " ~ key ~ ": [-999, 'NA'], or take it out") -%}
    {%- endif -%}
    {%- for value in values -%}
        {%- if value is none -%}
            {%- do dbt_model_risk.fail_log(node, where ~ " lists null in " ~ key
                ~ ". A null is missing anyway: take it out, or write 'null' in quotes for the text") -%}
        {%- elif key == 'domain' and dbt_model_risk.is_numeric_type(column.data_type)
            and dbt_model_risk.declared_number(value) is none -%}
            {%- do dbt_model_risk.fail_log(node, where ~ " holds numbers, and its domain lists '" ~ value
                ~ "'. Correct the value, or make its data_type varchar") -%}
        {%- elif key == 'domain' and value in (column.meta.get('missing_values') or []) -%}
            {%- do dbt_model_risk.fail_log(node, where ~ " declares '" ~ value
                ~ "' as missing and as part of its domain. Take it out of one of the two") -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}


{% macro check_declared_range(node, column) %}
    {%- set where = "column '" ~ column.name ~ "'" -%}
    {%- set range = column.meta.range -%}
    {%- if not dbt_model_risk.is_numeric_type(column.data_type) -%}
        {%- do dbt_model_risk.fail_log(node, where ~ " holds text (data_type " ~ column.data_type
            ~ ") and cannot have a range. Declare a domain or a pattern, or correct its data_type") -%}
    {%- elif range is string or range is mapping or range is not iterable or range | length != 2
        or (range[0] is none and range[1] is none) -%}
        {%- do dbt_model_risk.fail_log(node, where ~ " declares the range " ~ range
            ~ ". Write range: [low, high]; one of the two may be null") -%}
    {%- endif -%}
    {%- for bound in range if bound is not none and dbt_model_risk.declared_number(bound) is none -%}
        {%- do dbt_model_risk.fail_log(node, where ~ " declares a range with the end '" ~ bound
            ~ "', which is no number. Correct it, or write null for an open end") -%}
    {%- endfor -%}
    {%- if none not in range
        and dbt_model_risk.declared_number(range[0]) > dbt_model_risk.declared_number(range[1]) -%}
        {%- do dbt_model_risk.fail_log(node, where ~ " declares a range from " ~ range[0] ~ " to " ~ range[1]
            ~ ", which nothing is in. Write the lower end first") -%}
    {%- endif -%}
{% endmacro %}


{% macro check_cross_field_rules(node, has_rules) %}
    {%- set rules = dbt_model_risk.cross_field_rules(node) -%}
    {%- if rules and not has_rules -%}
        {%- do dbt_model_risk.fail_log(node, "the model declares rules, which are counted for predictions only. "
            ~ "Declare them in the prediction log, or take them out") -%}
    {%- elif rules is string or rules is mapping -%}
        {%- do dbt_model_risk.fail_log(node, "rules is not a list. Write rules: [{rule_id: ..., expression: ...}]") -%}
    {%- endif -%}
    {%- set ids = [] -%}
    {%- for rule in rules -%}
        {%- set rule_id = (rule.rule_id if rule is mapping else none) or '' -%}
        {%- if modules.re.match('[A-Za-z][A-Za-z0-9_]*$', rule_id | string) is none -%}
            {%- do dbt_model_risk.fail_log(node, "rule " ~ loop.index ~ " has the rule_id '" ~ rule_id
                ~ "'. Name it with letters, digits and underscores, a letter first") -%}
        {%- elif rule_id in ids -%}
            {%- do dbt_model_risk.fail_log(node, "the rule_id '" ~ rule_id ~ "' is there twice. Rename one of the two") -%}
        {%- endif -%}
        {%- do ids.append(rule_id) -%}
        {%- for key in rule if key not in ('rule_id', 'expression', 'description') -%}
            {%- do dbt_model_risk.fail_log(node, "rule '" ~ rule_id ~ "' has the unknown key '" ~ key
                ~ "'. Known are rule_id, expression, description") -%}
        {%- endfor -%}
        {%- set expression = rule.get('expression') -%}
        {%- if expression is not string or not expression | trim -%}
            {%- do dbt_model_risk.fail_log(node, "rule '" ~ rule_id ~ "' has no expression. Write a SQL condition "
                ~ "over the log's columns, true where the rule holds") -%}
        {%- elif not dbt_model_risk.mentioned_columns(node, expression) -%}
            {%- do dbt_model_risk.fail_log(node, "rule '" ~ rule_id ~ "' names no column of the log: " ~ expression
                ~ ". Its columns are " ~ dbt_model_risk.role_columns(node) | map(attribute='name') | join(', ')) -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}
