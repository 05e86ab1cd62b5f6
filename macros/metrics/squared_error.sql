{#- The sum of squared errors from the sums that the evidence keeps. -#}
{% macro squared_error() -%} score_square_sum - 2 * score_outcome_sum + outcome_square_sum {%- endmacro %}
