import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProjectRoot } from '../../dev/services/project.js';

const ROOT = findProjectRoot();

/** The alert rules as an object of the Prometheus operator, which cannot read a file of rules. */
export const PROMETHEUS_RULE = join(ROOT, 'deploy', 'k8s', 'components', 'monitoring', 'prometheus-rule.yaml');

const ALERTS = join(ROOT, 'observability', 'prometheus', 'alerts.yml');

/** The expected content of PROMETHEUS_RULE: its own head, then the groups of alerts.yml. */
export async function prometheusRule(): Promise<string> {
  const [rule, alerts] = await Promise.all([PROMETHEUS_RULE, ALERTS].map((path) => readFile(path, 'utf8')));
  const head = rule!.slice(0, rule!.indexOf('spec:'));
  const groups = alerts!.slice(alerts!.indexOf('groups:'));
  return `${head}spec:\n${groups.replace(/^(?=.)/gm, '  ')}`;
}
