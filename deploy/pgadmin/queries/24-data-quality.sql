-- Can the data be trusted? (leaves out the search for duplicate message_ids, which reads all rows)
SELECT *
FROM mart.data_quality
WHERE check_name <> 'duplicate message_id'
ORDER BY check_name, figure DESC NULLS LAST;
