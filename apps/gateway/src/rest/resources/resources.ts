import type { Request } from '../http.js';
import { API_ROOT } from '../access/api-paths.js';
import { campaignComparisons } from './campaign-comparisons.js';
import { campaignPaceAndCosts } from './campaign-pace-and-costs.js';
import { campaignResources } from './campaigns.js';
import { clientResources } from './clients.js';
import { definitionResources } from './definitions.js';
import { rateResources } from './rates.js';
import { recordResources } from './records.js';
import type { Resource } from './resource.js';

/** All resources below /api/v1. */
export const RESOURCES: readonly Resource[] = [
  ...rateResources,
  ...campaignResources,
  ...campaignPaceAndCosts,
  ...campaignComparisons,
  ...clientResources,
  ...recordResources,
  ...definitionResources,
];

const byRoute = new Map(RESOURCES.map((resource) => [`${API_ROOT}/${resource.path}`, resource]));

/** The resource of the matched route. */
export function resourceOf(request: Request): Resource {
  return byRoute.get(request.route.path)!;
}
