import { gatewayUrl } from '../base.js';
import { token } from './token.js';
import type { paths } from './openapi.js';
import { problemOf, unreachable } from './problem.js';

export { addressOf, inFormat, type Values } from './address.js';

/** A path of the REST interface that can be read. */
export type ApiPath = { [P in keyof paths]: paths[P] extends { get: object } ? P : never }[keyof paths];

type Get<P extends ApiPath> = paths[P] extends { get: infer G } ? G : never;
type Content<G> = G extends { responses: { 200: { content: { 'application/json': infer Body } } } } ? Body : never;

/** The JSON body of a path. */
export type Answer<P extends ApiPath> = Content<Get<P>>;

/** A row of a list, or the record of an item. */
export type RowOf<P extends ApiPath> =
  Answer<P> extends { data: readonly (infer Row)[] } ? Row : Answer<P> extends { data: infer Item } ? Item : never;

const WITHIN_MS = 15_000;

export interface Fetched<P extends ApiPath> {
  readonly body: Answer<P>;
  /** Time of the mart's answer, by this machine's clock. */
  readonly at: number;
  /** The answer contains every change of the mart up to this time, by this machine's clock. */
  readonly completeUntil: number;
}

/**
 * Reads the REST interface. The browser's HTTP cache sends the ETag, so an unchanged answer costs no transfer.
 *
 * @throws ApiProblem, or the signal's reason
 */
export async function read<P extends ApiPath>(
  address: string,
  signal: AbortSignal,
  withToken = false,
): Promise<Fetched<P>> {
  const requestedAt = Date.now();
  const response = await get(address, 'application/json', signal, withToken);
  const age = Number(response.headers.get('age') ?? 0); // in whole seconds, rounded down
  try {
    const body = (await response.json()) as Answer<P>;
    return { body, at: Date.now() - age * 1000, completeUntil: requestedAt - (age + 1) * 1000 };
  } catch {
    // The connection broke in the middle of the answer.
    signal.throwIfAborted();
    throw unreachable();
  }
}

/** Reads an address in another format. @throws ApiProblem */
export async function readText(address: string): Promise<string> {
  return (await get(address, '*/*', new AbortController().signal, token.value !== null)).text();
}

async function get(address: string, accept: string, signal: AbortSignal, withToken: boolean): Promise<Response> {
  const headers: Record<string, string> = { Accept: accept };
  if (withToken && token.value !== null) headers.Authorization = `Bearer ${token.value}`;
  let response: Response;
  try {
    const signals = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
    response = await fetch(gatewayUrl(address), { headers, signal: signals, cache: 'no-cache' });
  } catch {
    signal.throwIfAborted();
    throw unreachable();
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}
