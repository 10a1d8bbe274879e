-- Do A/B tests and warm-ups do better than the rest?
SELECT campaign_type, experiment, campaigns, sent, open_rate, click_rate, bounce_rate
FROM mart.experiment_effect
ORDER BY campaign_type, experiment;
