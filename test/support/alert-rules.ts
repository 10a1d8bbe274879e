import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

const FOLDER = new URL('../../observability/prometheus/', import.meta.url);

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A check of promtool's unit tests: which alerts of this name fire at this time? */
export interface AlertCase {
  readonly alertname: string;
  readonly eval_time: string;
  readonly exp_alerts?: readonly object[];
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly AlertRule[] }[];
}

interface TestFile {
  readonly tests: readonly { readonly name: string; readonly alert_rule_test: readonly AlertCase[] }[];
}

export const alertRules: readonly AlertRule[] = read<RuleFile>('alerts.yml').groups.flatMap(({ rules }) => rules);

export const alertTestFiles = readdirSync(new URL('alert-tests/', FOLDER)).map((file) => `alert-tests/${file}`);

export const alertTests = alertTestFiles.flatMap((file) => read<TestFile>(file).tests);

function read<T>(file: string): T {
  return parse(readFileSync(new URL(file, FOLDER), 'utf8')) as T;
}
