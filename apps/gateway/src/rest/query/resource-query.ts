import type { Given, Resource } from '../resources/resource.js';
import type { Position } from './cursor.js';
import type { FORMATS } from './list-parameters.js';
import type { OrderTerm } from './order.js';

export type Format = (typeof FORMATS)[number];

/** A request for a resource, checked. */
export interface ResourceQuery {
  readonly resource: Resource;
  readonly given: Given;
  readonly order: readonly OrderTerm[];
  readonly limit: number;
  /** Of the row before the first one wanted. */
  readonly after?: Position;
  /** As a parameter; the header Accept is not looked at here. */
  readonly format?: Format;
  /** Path and query without the cursor, the same for requests that mean the same. */
  readonly address: string;
}
