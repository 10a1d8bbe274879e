-- How long did campaigns take, and did warm-ups keep their hour limit?
-- Figures have six significant digits. A negative duration means that finished_at is before started_at.
SELECT campaign_id, campaign_type, topic, started_at, finished_at, duration_hours, total_count, sent,
       planned_per_hour, sent_per_hour, warmup_mode, hour_limit, is_over_limit
FROM mart.campaign_pace
ORDER BY is_over_limit DESC NULLS LAST, started_at DESC;
