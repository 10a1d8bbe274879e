import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../observability/grafana/dashboards/', import.meta.url);

export interface Target {
  readonly refId: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  /** PromQL. */
  readonly expr?: string;
  readonly rawSql?: string;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly thresholds?: { readonly steps: readonly { value: unknown }[] };
    };
  };
  /** Panels of a collapsed row. */
  readonly panels?: readonly Panel[];
}

export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: unknown;
  readonly definition?: string;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly Panel[];
}

/** The Grafana dashboards, by file name. */
export const dashboards: readonly (readonly [file: string, dashboard: Dashboard])[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => [file, JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Dashboard]);

/** All panels, rows included. */
export function panelsOf({ panels }: Pick<Dashboard, 'panels'>): Panel[] {
  return panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
}

/** Every query and its place, such as `pipeline.json: Rates, A`. */
export function targetsOf(language: 'expr' | 'rawSql'): [where: string, query: string][] {
  return dashboards.flatMap(([file, dashboard]) =>
    panelsOf(dashboard).flatMap(({ title, targets = [] }) =>
      targets.flatMap((target): [string, string][] => {
        const query = target[language];
        return query === undefined ? [] : [[`${file}: ${title}, ${target.refId}`, query]];
      }),
    ),
  );
}
