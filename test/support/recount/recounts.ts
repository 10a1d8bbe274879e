import { campaignRecounts } from './campaigns.js';
import { clientRecounts } from './clients.js';
import { dataQuality } from './data-quality.js';
import { daysAndHoursRecounts } from './days-and-hours.js';
import type { Recount } from './mart-data.js';
import { ratesRecounts } from './rates.js';

/** By the names of the views. response_times is not among them: of its percentiles only bounds can be told. */
export const RECOUNTS: Readonly<Record<string, Recount>> = {
  ...ratesRecounts,
  ...daysAndHoursRecounts,
  ...campaignRecounts,
  ...clientRecounts,
  data_quality: dataQuality,
};
