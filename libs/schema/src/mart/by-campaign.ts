import { MATURITY_COUNTS, WITH_SPAN } from './maturity.js';
import { counts, DAILY, SMALL_N } from './measures.js';

/** Messages of each campaign, with counts for MATURE; id and type together are the key. Messages without a campaign have a null id. */
export const BY_CAMPAIGN = `
  ${WITH_SPAN}
  SELECT campaign_id, message_type AS campaign_type, ${MATURITY_COUNTS}, ${counts()}
  FROM (SELECT date, campaign_id, message_type, events, ${SMALL_N}, n::integer AS sent FROM ${DAILY}) AS entry
  GROUP BY campaign_id, message_type HAVING sum(n) <> 0`;

/** Joins the table of campaigns to `sending`, which has a campaign's id and type. */
export const CAMPAIGN_JOIN = `
  JOIN public.campaigns AS campaign ON campaign.id = sending.campaign_id AND campaign.campaign_type = sending.campaign_type`;
