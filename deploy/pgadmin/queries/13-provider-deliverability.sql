-- Which e-mail providers deliver the fewest messages? (providers with at least 1,000 messages)
SELECT email_provider, sent, share_of_emails, delivery_rate, hard_bounce_rate, soft_bounce_rate, block_rate, complaint_rate, open_rate
FROM mart.provider_deliverability
WHERE sent >= 1000
ORDER BY sent DESC;
