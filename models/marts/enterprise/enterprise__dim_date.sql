with

kri_values as (

    select * from {{ ref('kri_values') }}

),

-- The span comes from the indicators, widened to whole years so that no calendar has a hole.
span as (

    select
        date_trunc('year', coalesce(min(period_start), {{ as_of_date() }})) as first_day,
        date_trunc('year', {{ as_of_date() }}) + interval 1 year - interval 1 day as last_day

    from kri_values

),

days as (

    select cast(unnest(generate_series(first_day, last_day, interval 1 day)) as date) as date_day
    from span

)

select
    date_day,
    monthname(date_day) as month_name,
    dayname(date_day) as weekday_name,
    year(date_day) as calendar_year,
    quarter(date_day) as calendar_quarter,
    month(date_day) as calendar_month,
    isodow(date_day) as iso_weekday,
    date_day = last_day(date_day) as is_month_end,
    date_day = {{ as_of_date() }} as is_as_of_date,
    cast(date_trunc('month', date_day) as date) as month_start_date,
    cast(date_trunc('quarter', date_day) as date) as quarter_start_date

from days
