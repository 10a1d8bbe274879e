/** The parts of the pipeline, in the order in which they are shown. */
export const PART_NAMES = ['kafka', 'consumer_group', 'producer', 'postgresql', 'mart', 'spark'] as const;
export type PartName = (typeof PART_NAMES)[number];

/** `degraded`: it works, and somebody should look at it. `absent`: there is none, and none is missed. */
export const PART_STATUSES = ['up', 'degraded', 'down', 'absent'] as const;
export type PartStatus = (typeof PART_STATUSES)[number];

/** What a part says of itself. No secret in it: it is served over HTTP. */
export interface PartAnswer<Figures extends object = object> {
  readonly status: PartStatus;
  /** What is wrong, or worth knowing. */
  readonly message?: string;
  /** What to do about it. */
  readonly action?: string;
  readonly figures?: Figures;
}

/** One part of the pipeline that the gateway asks how it is. */
export interface Part<Figures extends object = object> {
  readonly name: PartName;
  /** What to do where it does not answer. */
  readonly remedy: string;
  /** Over a connection that stays open between questions. @throws whatever says that it is down */
  ask(): Promise<PartAnswer<Figures>>;
  close?(): Promise<void>;
}

/** The newest that is known of a part. */
export interface PartState<Figures extends object = object> extends PartAnswer<Figures> {
  readonly name: PartName;
  /** When the status became what it is. */
  readonly since: Date;
  /** When the part last answered; undefined before its first answer. */
  readonly answeredAt: Date | undefined;
  /** How long its last answer took. */
  readonly seconds: number | undefined;
}
