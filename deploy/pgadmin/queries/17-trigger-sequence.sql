-- How do rates change along a series of triggers?
SELECT topic, position, campaigns, sent, open_rate, click_rate, purchase_rate
FROM mart.trigger_sequence
ORDER BY topic, position;
