-- A view, so it is as exact as the mart at every moment.
{{ config(materialized='view') }}

select
    date_trunc('week', date)::date as week,
    sum(sent) as sent,
    sum(opened) as opened,
    sum(opened) / nullif(sum(sent), 0) as open_rate
from {{ source('mart', 'daily_rates') }}
group by 1
