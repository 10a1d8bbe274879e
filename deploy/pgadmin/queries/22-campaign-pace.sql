-- How long did campaigns take, and did warm-ups keep their hour limit?
SELECT *
FROM mart.campaign_pace
ORDER BY is_over_limit DESC NULLS LAST, started_at DESC;
