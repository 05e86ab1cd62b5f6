{#- The logs that say what is held and in which market, by kind: what names a row, the figures it must have, what it
    may have besides, and the default of a key that a log may leave out. -#}
{% macro holding_kinds() %}
    {{ return({
        'positions': {
            'keys': ['risk_date', 'portfolio_id', 'instrument_id'],
            'figures': ['market_value'],
            'optional': {'quantity': 'double', 'currency': 'varchar', 'issuer': 'varchar'}
        },
        'sensitivities': {
            'keys': ['risk_date', 'portfolio_id', 'instrument_id', 'factor_id'],
            'figures': ['delta', 'shift_size'],
            'texts': ['shift_type'],
            'optional': {'gamma': 'double', 'vega': 'double'},
            'defaults': {'instrument_id': '(portfolio)'}
        },
        'risk_factors': {
            'keys': ['risk_date', 'factor_id'],
            'figures': ['factor_value'],
            'optional': {'factor_class': 'varchar'}
        },
        'scenario_values': {
            'keys': ['risk_date', 'portfolio_id', 'instrument_id', 'scenario_id', 'step'],
            'figures': ['base_value', 'scenario_value'],
            'optional': {}
        },
        'valuations': {
            'keys': ['risk_date', 'portfolio_id', 'instrument_id', 'valuation_model'],
            'figures': ['valuation'],
            'optional': {'fair_value': 'double'}
        }
    }) }}
{% endmacro %}


{#- Every column of the evidence of one kind beside its type, keys first. -#}
{% macro holding_columns(kind) %}
    {%- set spec = dbt_model_risk.holding_kinds()[kind] -%}
    {%- set columns = {} -%}
    {%- for key in spec['keys'] -%}
        {%- do columns.update({key: {'risk_date': 'date', 'step': 'integer'}.get(key, 'varchar')}) -%}
    {%- endfor -%}
    {%- for figure in spec.figures -%}{%- do columns.update({figure: 'double'}) -%}{%- endfor -%}
    {%- for text in spec.get('texts', []) -%}{%- do columns.update({text: 'varchar'}) -%}{%- endfor -%}
    {%- do columns.update(spec.optional) -%}
    {{ return(columns) }}
{% endmacro %}
