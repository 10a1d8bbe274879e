-- Do clients who bought before react differently? (clients without a known purchase may have bought before the recording began; reads rows)
SELECT *
FROM mart.new_and_existing_clients
ORDER BY client, message_type;
