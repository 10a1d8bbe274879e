/** The content of a response, and what its caching headers need. */
export interface Answer {
  readonly body: string;
  readonly contentType: string;
  readonly etag: string;
  /** URL of the next page. */
  readonly next: string | null;
  readonly isPublic: boolean;
  /** performance.now() when it was made. */
  readonly madeAt: number;
  /** How much older than madeAt its rows may be, because it was read from a standby. */
  readonly secondsBehind: number;
}
