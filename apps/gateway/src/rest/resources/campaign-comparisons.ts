import { MATURITY_AGES } from '#schema/mart/views/campaign-maturity.js';
import { boundedDescriptions, USUAL_RATES } from '#schema/mart/measures.js';
import { GROUP, GROUP_COLUMN_SCHEMA, GROUPS } from '../parameters/group-kind.js';
import { oneOf } from '../parameters/value-kind.js';
import { argument, byCampaign, byTopic, byType, equals, requiredArgument } from '../parameters/resource-parameters.js';
import { martResource } from './define-resource.js';
import type { Resource } from './resource.js';

/** Comparisons of campaigns, or of other groups of messages, with each other. */
export const campaignComparisons: readonly Resource[] = [
  martResource('campaign_maturity', {
    path: 'campaigns/maturity',
    summary: 'Rates of campaigns at the same age of their messages',
    parameters: [
      byType('campaign_type'),
      byTopic,
      byCampaign,
      equals('event', { kind: oneOf(['open', 'click', 'purchase']), description: 'Event after the send' }),
      equals('age', { kind: oneOf(MATURITY_AGES), description: 'Time since the send' }),
    ],
    key: ['campaign_id', 'campaign_type', 'event', 'age_seconds'],
  }),
  martResource('compare', {
    path: 'compare',
    summary: 'Difference of a rate between groups of messages',
    parameters: [
      requiredArgument(
        'a',
        GROUP,
        'Group that the others are compared with: conditions that must all hold; null selects messages without a value',
        '{"channel":"mobile_push","topic":"sale out"}',
      ),
      requiredArgument(
        'b',
        GROUPS,
        'Group, or array of groups',
        '[{"channel":"mobile_push","topic":"leave review"},{"channel":"mobile_push","topic":"event"}]',
      ),
      argument('rate', oneOf(USUAL_RATES), 'Rate to compare; default open_rate', 'rate', 'click_rate'),
    ],
    columns: {
      comparison: 'Number of the group in b, from 1',
      comparisons: 'Number of groups in b',
      group_a: 'Conditions of group a',
      group_b: 'Conditions of this group of b',
      a_whole: 'Denominator of the rate in a',
      a_part: 'Numerator of the rate in a',
      ...boundedDescriptions('a_rate', 'Share from 0 to 1: a_part / a_whole; null if a_whole is 0'),
      b_whole: 'Denominator of the rate in b',
      b_part: 'Numerator of the rate in b',
      ...boundedDescriptions('b_rate', 'Share from 0 to 1: b_part / b_whole; null if b_whole is 0'),
      difference: 'Rate of b minus rate of a; null if one of them is',
      difference_low: "Lower bound of difference: Newcombe's 95 % interval",
      difference_high: "Upper bound of difference: Newcombe's 95 % interval",
      is_clear: 'Whether 0 is outside the interval',
      difference_low_adjusted: 'Lower bound of the interval that holds for all comparisons at once (Bonferroni)',
      difference_high_adjusted: 'Upper bound of the interval that holds for all comparisons at once (Bonferroni)',
      is_clear_adjusted: 'Whether 0 is outside the adjusted interval',
      warning: 'What to mind before believing the difference; null if nothing was found',
    },
    schemas: { group_a: GROUP_COLUMN_SCHEMA, group_b: GROUP_COLUMN_SCHEMA },
    key: ['comparison'],
  }),
];
