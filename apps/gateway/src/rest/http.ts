/** The members of Express' request that the gateway uses; the package has no types. */
export interface Request {
  readonly method: string;
  /** Path and query as sent by the client. */
  readonly originalUrl: string;
  /** The mount path of a middleware or router; `path` is the rest. */
  readonly baseUrl: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The client's address, seen through trusted proxies; undefined after a disconnect. */
  readonly ip: string | undefined;
  /** Decoded path parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** The matched route, as registered. */
  readonly route: { readonly path: string };
  /** The best type for the header Accept, or false if none is acceptable. */
  accepts(types: readonly string[]): string | false;
}

/** The members of Express' response that the gateway uses. */
export interface Response {
  readonly headersSent: boolean;
  /** A header that has been set. */
  get(name: string): string | undefined;
  status(status: number): this;
  set(headers: Readonly<Record<string, string>>): this;
  type(type: string): this;
  send(body: string): this;
}
