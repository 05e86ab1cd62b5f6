{#- Credit books as known on the as-of date: of each the latest date, and of that what was recorded
    last. -#}
select
    book_id,
    sandbox_id,
    portfolio_id,
    model_id,
    satellite_id,
    exposure_amount,
    pd,
    lgd,
    currency,
    book_date

from ({{ known_rows('credit_books') }}) as known_books

where book_date <= {{ as_of_date() }}

qualify row_number() over (partition by book_id order by book_date desc, recorded_at desc) = 1

order by book_id
