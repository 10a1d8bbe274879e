import * as helperFunctions from './helper-functions.js';
import type { MartObject } from './mart-object.js';
import { attribution } from './views/attribution.js';
import { campaignMaturity } from './views/campaign-maturity.js';
import * as campaignPaceAndCosts from './views/campaign-pace-and-costs.js';
import { dataSpan } from './maturity.js';
import * as campaignGroups from './views/campaign-groups.js';
import { campaignPlace } from './views/campaign-place.js';
import * as campaignScorecard from './views/campaign-scorecard.js';
import * as campaigns from './views/campaigns.js';
import * as clients from './views/clients.js';
import { compare } from './views/compare.js';
import { dataQuality } from './views/data-quality.js';
import * as daysAndHours from './views/days-and-hours.js';
import { freshness, newestSentAt } from './views/freshness.js';
import * as holidays from './views/holidays.js';
import { machineOpens, opensBySecond } from './views/machine-opens.js';
import { metricDefinitions } from './views/metric-definitions.js';
import { periodComparison } from './views/period-comparison.js';
import * as providersAndDevices from './views/providers-and-devices.js';
import { quarantinedRecords } from './views/quarantined-records.js';
import * as rates from './views/rates.js';

/** Views and functions that answer questions; functions come after the views that they read. */
const ANSWERS: readonly MartObject[] = [
  ...Object.values<MartObject>(rates),
  // Before the views by day, which read holiday_calendar.
  ...Object.values<MartObject>(holidays),
  ...Object.values<MartObject>(daysAndHours),
  ...Object.values<MartObject>(providersAndDevices),
  opensBySecond,
  machineOpens,
  ...Object.values<MartObject>(campaigns),
  ...Object.values<MartObject>(campaignPaceAndCosts),
  campaignMaturity,
  compare,
  periodComparison,
  ...Object.values<MartObject>(campaignScorecard),
  campaignPlace,
  ...Object.values<MartObject>(campaignGroups),
  ...Object.values<MartObject>(clients),
  attribution,
  dataQuality,
  quarantinedRecords,
  freshness,
  metricDefinitions,
].sort((one, other) => Number(one.kind === 'function') - Number(other.kind === 'function'));

/** Everything in the schema `mart`, in the order of creation. */
export const MART_OBJECTS: readonly MartObject[] = [
  ...Object.values<MartObject>(helperFunctions),
  dataSpan,
  newestSentAt,
  ...ANSWERS,
];
