-- How did each campaign perform? (For the number of clients it reached: SELECT * FROM mart.campaign_audience WHERE campaign_id = … AND campaign_type = …)
SELECT *
FROM mart.campaign_scorecard
ORDER BY sent DESC;
