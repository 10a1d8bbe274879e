/** The components of the pipeline, in the order in which they are shown. */
export const COMPONENT_NAMES = [
  'kafka',
  'consumer_group',
  'producer',
  'postgresql',
  'mart',
  'read_server',
  'spark',
] as const;
export type ComponentName = (typeof COMPONENT_NAMES)[number];

/** `degraded`: works, but needs attention. `absent`: not running, and not expected to. */
export const COMPONENT_STATUSES = ['up', 'degraded', 'down', 'absent'] as const;
export type ComponentStatus = (typeof COMPONENT_STATUSES)[number];

/** Result of a probe. It is served over HTTP, so it holds no secret. */
export interface ProbeResponse<Details extends object = object> {
  readonly status: ComponentStatus;
  /** What is wrong, or worth knowing. */
  readonly message?: string;
  /** What to do about it. */
  readonly action?: string;
  /** Section of docs/runbook.md that says more. */
  readonly runbook?: string;
  readonly details?: Details;
}

/** A component of the pipeline that the gateway probes. */
export interface Component<Details extends object = object> {
  readonly name: ComponentName;
  /** What to do when it does not respond. */
  readonly remedy: string;
  /** Uses a connection that stays open between probes. @throws an error that means "down" */
  probe(): Promise<ProbeResponse<Details>>;
  close?(): Promise<void>;
}

/** The latest known state of a component. */
export interface ComponentState<Details extends object = object> extends ProbeResponse<Details> {
  readonly name: ComponentName;
  /** When the status last changed. */
  readonly since: Date;
  /** Time of the last response; undefined before the first one. */
  readonly answeredAt: Date | undefined;
  /** How long the last probe took. */
  readonly seconds: number | undefined;
}
