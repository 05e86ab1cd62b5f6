{#- What exceptions of 99 % VaR add to the capital multiplier (MAR32.9), for windows of up to 250
    days. A shorter window is read at the count of 250 days that is at least as improbable and lies
    in the same zone: 5 and 10 exceptions are where the probability of so many or fewer reaches 95 %
    and 99.99 %. -#}
with

add_ons (exception_count, add_on) as (

    values
    (0, 0.0), (1, 0.0), (2, 0.0), (3, 0.0), (4, 0.0),
    (5, 0.2), (6, 0.26), (7, 0.33), (8, 0.38), (9, 0.42), (10, 0.5)

),

windows as (

    select unnest(range(1, 251)) as day_count

),

-- Beyond 20 exceptions nothing changes.
counts as (

    select
        windows.day_count,
        unnest(range(0, least(windows.day_count, 20) + 1)) as exception_count

    from windows

),

probabilities as (

    select
        day_count,
        exception_count,
        exp(
            lgamma(day_count + 1.0) - lgamma(exception_count + 1.0)
            - lgamma(day_count - exception_count + 1.0)
            + exception_count * ln(0.01) + (day_count - exception_count) * ln(0.99)
        ) as probability

    from counts

),

cumulative as (

    select
        day_count,
        exception_count,
        sum(probability) over (
            partition by day_count order by exception_count
            rows between unbounded preceding and current row
        ) as reached,
        case
            when exception_count = 0 then 0
            else cast(reached >= 0.95 as integer) + cast(reached >= 0.9999 as integer)
        end as light

    from probabilities

),

equivalents as (

    select
        cumulative.day_count,
        cumulative.exception_count,
        cumulative.light,
        count(*) filter (where in_250_days.reached < cumulative.reached) as improbable_count

    from cumulative

    cross join cumulative as in_250_days

    where in_250_days.day_count = 250 and in_250_days.exception_count <= 10

    group by all

)

select
    equivalents.day_count,
    equivalents.exception_count,
    equivalents.light,
    cast(add_ons.add_on as double) as add_on

from equivalents

inner join add_ons
    on add_ons.exception_count = least(
        greatest(equivalents.improbable_count, [0, 5, 10][equivalents.light + 1]),
        [4, 9, 10][equivalents.light + 1]
    )
