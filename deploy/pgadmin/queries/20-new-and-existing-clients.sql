-- Do clients who bought before react differently? (reads rows)
SELECT *
FROM mart.new_and_existing_clients
ORDER BY client, message_type;
