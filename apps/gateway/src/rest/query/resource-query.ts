import type { Column, ParameterValues, Resource } from '../resources/resource.js';
import type { Position } from './cursor.js';
import type { FORMATS } from '../parameters/list-parameters.js';
import type { OrderTerm } from './order.js';

export type Format = (typeof FORMATS)[number];

/** A validated request for a resource. */
export interface ResourceQuery {
  readonly resource: Resource;
  readonly parameterValues: ParameterValues;
  /** Columns of the answer: all of the resource, or those of the parameter `columns` in its order. */
  readonly columns: readonly Column[];
  readonly order: readonly OrderTerm[];
  readonly limit: number;
  /** The last row of the previous page. */
  readonly after?: Position;
  /** From the parameter `format`; the header Accept is read elsewhere. */
  readonly format?: Format;
  /** Path and query without the cursor, normalized: equivalent requests have the same address. */
  readonly address: string;
}
