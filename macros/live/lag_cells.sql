{#- The upper end of the cell that a lag of whole minutes stands in: a cell is a minute wide within an hour, 15 minutes
    within a day, an hour within 30 days, else a day. -#}
{% macro lag_cell(minutes) -%}
    cast(
        case
            when {{ minutes }} < 60 then {{ minutes }} + 1
            when {{ minutes }} < 1440 then (floor({{ minutes }} / 15) + 1) * 15
            when {{ minutes }} < 43200 then (floor({{ minutes }} / 60) + 1) * 60
            else (floor({{ minutes }} / 1440) + 1) * 1440
        end as bigint
    )
{%- endmacro %}


{#- How wide the cell is that ends at a lag, in hours. -#}
{% macro cell_hours(lag) -%}
    case
        when {{ lag }} <= 60 then 1
        when {{ lag }} <= 1440 then 15
        when {{ lag }} <= 43200 then 60
        else 1440
    end / 60
{%- endmacro %}
