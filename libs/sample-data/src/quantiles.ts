import { type Prng } from './prng.js';

/**
 * A distribution given by its quantiles at equal steps from 0 to 1, with straight lines between them. It needs one draw and
 * no transcendental function.
 */
export type Quantiles = readonly number[];

export function sample(quantiles: Quantiles, prng: Prng): number {
  return valueAt(quantiles, prng.float());
}

/** @param probability from 0 (included) to 1 (excluded) */
function valueAt(quantiles: Quantiles, probability: number): number {
  const position = probability * (quantiles.length - 1);
  const index = Math.floor(position);
  const low = quantiles[index]!;
  return low + (quantiles[index + 1]! - low) * (position - index);
}
