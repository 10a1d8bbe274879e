-- Can the data be trusted? (leaves out two checks that read all rows)
SELECT *
FROM mart.data_quality
WHERE check_name NOT IN ('duplicate message_id', 'sent after unsubscribe')
ORDER BY check_name, figure DESC NULLS LAST;
