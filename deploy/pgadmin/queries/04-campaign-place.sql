-- How does a campaign compare with others of its type and channel? (peers have at least 1,000 messages, and final rates)
SELECT rate_name, part, whole, own_rate, own_rate_low, own_rate_high, is_mature, rank, peers, percentile, peer_p25, peer_median, peer_p75
FROM mart.campaign_place(campaign_type => 'bulk', campaign_id => 64, least_sent => 1000);
