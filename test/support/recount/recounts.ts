import { campaignMaturityRecounts } from './campaign-maturity.js';
import { campaignPaceRecounts } from './campaign-pace.js';
import { campaignRecounts } from './campaigns.js';
import { clientRecounts } from './clients.js';
import { dataQuality } from './data-quality.js';
import { dataSpanRows } from './days.js';
import { daysAndHoursRecounts } from './days-and-hours.js';
import { definitionRecounts } from './definitions.js';
import { holidaysRecounts } from './holidays.js';
import { opensBySecond } from './machine-opens.js';
import type { Recount } from './mart-data.js';
import { ratesRecounts } from './rates.js';

/** By view. Without response_times, whose percentiles are approximate and are checked against bounds. */
export const RECOUNTS: Readonly<Record<string, Recount>> = {
  ...ratesRecounts,
  ...daysAndHoursRecounts,
  ...holidaysRecounts,
  ...campaignRecounts,
  ...campaignMaturityRecounts,
  ...campaignPaceRecounts,
  ...clientRecounts,
  opens_by_second: opensBySecond,
  data_quality: dataQuality,
  ...definitionRecounts,
  data_span: dataSpanRows,
};
