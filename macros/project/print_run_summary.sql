{% macro print_run_summary(results) %}{% endmacro %}
