-- Which campaigns were opened most within 24 hours, and how did they go on?
-- Compare campaigns at the same age. A missing value means that no message of the campaign is that old yet.
SELECT campaign_id, campaign_type, topic,
       max(sent) FILTER (WHERE age = '24 h') AS sent,
       max(rate) FILTER (WHERE age = '1 h') AS opened_1h,
       max(rate) FILTER (WHERE age = '24 h') AS opened_24h,
       max(rate_low) FILTER (WHERE age = '24 h') AS opened_24h_low,
       max(rate) FILTER (WHERE age = '7 d') AS opened_7d,
       max(rate) FILTER (WHERE age = '14 d') AS opened_14d
FROM mart.campaign_maturity
WHERE event = 'open'
GROUP BY campaign_id, campaign_type, topic
ORDER BY opened_24h_low DESC NULLS LAST;
