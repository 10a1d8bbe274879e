-- Do mobile pushes about other topics get more clicks than those about 'sale out'?
-- difference is the rate of group_b minus the rate of group_a. Several topics are compared at once, so look at the adjusted interval.
SELECT group_b ->> 'topic' AS topic, a_rate, b_rate, difference, difference_low_adjusted, difference_high_adjusted,
       is_clear_adjusted, warning
FROM mart.compare(
  '{"channel": "mobile_push", "campaign_type": "bulk", "topic": "sale out"}',
  '[{"channel": "mobile_push", "campaign_type": "bulk", "topic": "leave review"},
    {"channel": "mobile_push", "campaign_type": "bulk", "topic": "happy birthday"},
    {"channel": "mobile_push", "campaign_type": "bulk", "topic": "offer after purchase"}]',
  'click_rate')
ORDER BY difference DESC NULLS LAST;
