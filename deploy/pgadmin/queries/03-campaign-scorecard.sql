-- How did each campaign perform? (For messages of certain days: FROM mart.campaigns_between('2021-05-01', '2021-05-31'). For the number of clients it reached: SELECT * FROM mart.campaign_audience WHERE campaign_id = … AND campaign_type = …)
SELECT *
FROM mart.campaign_scorecard
ORDER BY sent DESC;
