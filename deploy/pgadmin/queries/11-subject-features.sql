-- Which features of a subject line go with more opens, within each type?
SELECT campaign_type, feature, value, campaigns, sent, open_rate, click_to_open_rate
FROM mart.subject_features
ORDER BY campaign_type, feature, value;
