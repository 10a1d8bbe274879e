-- Do campaigns with A/B tests or warm-ups do better than the rest? (compares campaigns, not the variants of a test)
SELECT campaign_type, experiment, campaigns, is_mature, sent, open_rate, open_rate_low, open_rate_high, click_rate, click_rate_low, click_rate_high, bounce_rate
FROM mart.experiment_effect
ORDER BY campaign_type, experiment;
