/** What is sent, and how long it may be kept. */
export interface Answer {
  readonly body: string;
  readonly contentType: string;
  readonly etag: string;
  /** Address of the next page. */
  readonly next: string | null;
  readonly isPublic: boolean;
  /** performance.now() when it was made. */
  readonly madeAt: number;
}
