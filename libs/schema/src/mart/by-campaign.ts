import { MATURITY_COUNTS, WITH_SPAN } from './maturity.js';
import { counts, DAILY, summed } from './measures.js';

/**
 * Messages of each campaign, with counts for MATURE; id and type together are the key. Messages without a campaign have a null id.
 * Grouped by day first: entries of a day whose messages were all deleted or moved cancel out.
 */
export const BY_CAMPAIGN = `
  ${WITH_SPAN}
  SELECT campaign_id, message_type AS campaign_type, ${MATURITY_COUNTS}, ${summed()}
  FROM (
    SELECT campaign_id, message_type, date, ${counts()} FROM ${DAILY}
    GROUP BY campaign_id, message_type, date HAVING sum(n) <> 0
  ) AS day
  GROUP BY campaign_id, message_type`;

/** Joins the table of campaigns to `sending`, which has a campaign's id and type. */
export const CAMPAIGN_JOIN = `
  JOIN public.campaigns AS campaign ON campaign.id = sending.campaign_id AND campaign.campaign_type = sending.campaign_type`;
