-- What if an e-mail cost 0.001, a push 0.0002 and an SMS 0.05?
SELECT *
FROM mart.campaign_costs(email_price => 0.001, mobile_push_price => 0.0002, web_push_price => 0.0002, sms_price => 0.05);
