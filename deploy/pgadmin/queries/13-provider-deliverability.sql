-- Which e-mail providers deliver the fewest messages, and where do complaints cross the lines of 0.10 % and 0.30 %? (providers with at least 1,000 messages)
SELECT email_provider, sent, share_of_emails, delivery_rate, hard_bounce_rate, soft_bounce_rate, block_rate,
       complaint_rate_delivered, complaint_rate_delivered_low, complaint_rate_delivered_high, complaint_level, is_complaint_level_certain,
       open_rate, later_open_rate
FROM mart.provider_deliverability
WHERE sent >= 1000
ORDER BY sent DESC;
