-- Incremental: only clients with messages of the last days are counted again.
{{ config(materialized='incremental', unique_key='client_id') }}

select
    client_id,
    count(*) as messages,
    count(*) filter (where is_opened) as opened,
    max(sent_at) as last_sent_at,
    max(updated_at) as updated_at
from {{ source('public', 'messages') }}
{% if is_incremental() %}
where client_id in (
    select client_id
    from {{ source('public', 'messages') }}
    where updated_at > (select max(updated_at) - interval '1 day' from {{ this }})
)
{% endif %}
group by 1
