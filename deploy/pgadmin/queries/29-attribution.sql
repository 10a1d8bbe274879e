-- Which campaigns came last before purchases? (within 7 days of the send; touch => 'first' credits the first message; reads rows)
SELECT campaign_id, campaign_type, channel, is_mature, sent, purchases_credited, messages_credited, purchased,
       credited_rate, credited_rate_low, credited_rate_high, purchase_rate
FROM mart.attribution(days => 7, touch => 'last')
ORDER BY purchases_credited DESC, sent DESC;
