import { BY_CAMPAIGN, CAMPAIGN_JOIN } from '../by-campaign.js';
import { MATURE, SUMMED_MATURITY } from '../maturity.js';
import type { MartView } from '../mart-object.js';
import { rates, summed, USUAL_MEASURES } from '../measures.js';

const MEASURES = `${MATURE.sql}, ${USUAL_MEASURES.join(', ')}, ${rates()}`;

/** Counts of groups of campaigns. */
const SUMMED = `count(*) AS campaigns, ${SUMMED_MATURITY}, ${summed()}`;

const FLAGS = ['personalization', 'deadline', 'emoji', 'bonuses', 'discount', 'saleout'] as const;

export const subjectFeatures: MartView = {
  kind: 'view',
  name: 'subject_features',
  comment:
    'Question 11, which features of a subject line go with more opens? By type of campaign, because types differ far more than ' +
    'subjects do: transactional mails have no emoji and are opened by every third client. Campaigns without a value, ' +
    'and messages of unknown campaigns or of none, are left out.',
  columns: {
    campaign_type: 'Kind of campaign; compare only within one',
    feature: `A property of the subject: ${FLAGS.join(', ')}, length`,
    value: 'true or false; for length the range of characters',
    campaigns: 'Campaigns with such a subject',
    ...MATURE.columns,
  },
  sql: `
    SELECT campaign_type, feature, value, campaigns, ${MEASURES}
    FROM (
      SELECT sending.campaign_type, feature, value, ${SUMMED}
      FROM (${BY_CAMPAIGN}) AS sending ${CAMPAIGN_JOIN},
           LATERAL (VALUES
             ${FLAGS.map((flag) => `('${flag}', subject_with_${flag}::text)`).join(', ')},
             ('length', CASE WHEN subject_length < 40 THEN '0-39' WHEN subject_length < 80 THEN '40-79'
                             WHEN subject_length < 120 THEN '80-119' WHEN subject_length >= 120 THEN '120 and more' END)
           ) AS subject (feature, value)
      WHERE value IS NOT NULL
      GROUP BY sending.campaign_type, feature, value
    ) AS counted`,
};

export const experimentEffect: MartView = {
  kind: 'view',
  name: 'experiment_effect',
  comment:
    'Question 12, A/B tests and warm-ups compared with other campaigns, by type. This compares campaigns with each other, not the ' +
    'variants of a test: the data does not say which message got which variant, and has no control group. In the data ab_test is ' +
    'true or missing, never false. Messages of unknown campaigns or of none are left out.',
  columns: {
    campaign_type: 'Kind of campaign; compare only within one',
    experiment: `'A/B test', 'warm-up', 'A/B test and warm-up', or 'none'`,
    campaigns: 'Campaigns of this kind',
    ...MATURE.columns,
  },
  sql: `
    SELECT campaign_type, experiment, campaigns, ${MEASURES}
    FROM (
      SELECT sending.campaign_type, experiment, ${SUMMED}
      FROM (${BY_CAMPAIGN}) AS sending ${CAMPAIGN_JOIN},
           LATERAL (SELECT CASE WHEN ab_test IS TRUE AND warmup_mode IS TRUE THEN 'A/B test and warm-up'
                                WHEN ab_test IS TRUE THEN 'A/B test' WHEN warmup_mode IS TRUE THEN 'warm-up'
                                ELSE 'none' END AS experiment) AS kind
      GROUP BY sending.campaign_type, experiment
    ) AS counted`,
};

export const triggerSequence: MartView = {
  kind: 'view',
  name: 'trigger_sequence',
  comment:
    'Question 17, series of triggers: how do rates change from one reminder to the next? Test campaigns, and messages of unknown ' +
    'campaigns or of none, are left out. (The filter is is_test IS NOT TRUE, because is_test is empty for most campaigns.)',
  columns: {
    topic: 'What the trigger is about; null if unknown',
    position: 'Position in the series; null if unknown',
    campaigns: 'Trigger campaigns at this position',
    ...MATURE.columns,
  },
  sql: `
    SELECT topic, position, campaigns, ${MEASURES}
    FROM (
      SELECT topic, position, ${SUMMED}
      FROM (${BY_CAMPAIGN}) AS sending ${CAMPAIGN_JOIN}
      WHERE sending.campaign_type = 'trigger' AND is_test IS NOT TRUE
      GROUP BY topic, position
    ) AS counted`,
};
