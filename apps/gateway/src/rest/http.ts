/** What is used of Express' request; the package brings no types of its own. */
export interface Request {
  readonly method: string;
  /** Path and query, as the client wrote them. */
  readonly originalUrl: string;
  /** The path: what a middleware or router is mounted at, and the rest. */
  readonly baseUrl: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Of the client, as far as proxies are trusted; undefined once it is gone. */
  readonly ip: string | undefined;
  /** Values of the path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The route that was taken, as it was registered. */
  readonly route: { readonly path: string };
  /** The best of the types for the header Accept, false where none is accepted. */
  accepts(types: readonly string[]): string | false;
}

/** What is used of Express' response. */
export interface Response {
  readonly headersSent: boolean;
  status(status: number): this;
  set(headers: Readonly<Record<string, string>>): this;
  type(type: string): this;
  send(body: string): this;
}
