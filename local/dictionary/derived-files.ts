import { METRICS_FILE, metricsJson } from '#platform/metrics/metrics-json.js';

/** What is generated from the sources alone: text by path in the project. */
export function derivedFiles(): Readonly<Record<string, string>> {
  return { [METRICS_FILE]: metricsJson() };
}
