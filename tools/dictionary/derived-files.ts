import { METRICS_FILE, metricsJson } from '#platform/metrics/metrics-json.js';
import { SESSION_SETTINGS_FILE, sessionSettingsJson } from '#platform/database/session-settings.js';
import { ASYNCAPI_FILE, asyncApi } from '../asyncapi/asyncapi.js';
import { METRICS_PAGE_FILE, metricsPage } from '../metrics-page/metrics-page.js';
import { formatted } from './formatted.js';

/** Files that are generated from the sources alone: text by path in the project. */
export async function derivedFiles(): Promise<Readonly<Record<string, string>>> {
  return {
    [METRICS_FILE]: metricsJson(),
    [SESSION_SETTINGS_FILE]: sessionSettingsJson(),
    [METRICS_PAGE_FILE]: await formatted(metricsPage(), METRICS_PAGE_FILE),
    [ASYNCAPI_FILE]: await asyncApi(),
  };
}
