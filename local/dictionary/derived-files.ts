import { METRICS_FILE, metricsJson } from '#platform/metrics/metrics-json.js';
import { ASYNCAPI_FILE, asyncApi } from '../asyncapi/asyncapi.js';

/** What is generated from the sources alone: text by path in the project. */
export async function derivedFiles(): Promise<Readonly<Record<string, string>>> {
  return { [METRICS_FILE]: metricsJson(), [ASYNCAPI_FILE]: await asyncApi() };
}
