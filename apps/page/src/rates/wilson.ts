/** 95 % of a normal distribution are within so many standard deviations. */
export const Z_95 = 1.959963984540054;

/** Wilson's interval of a proportion, as the mart has it for 95 % (z = 1.96). */
export function wilson(count: number, whole: number, z: number): { readonly low: number; readonly high: number } {
  const rate = count / whole;
  const squared = z * z;
  const middle = (rate + squared / (2 * whole)) / (1 + squared / whole);
  const half = (z / (1 + squared / whole)) * Math.sqrt((rate * (1 - rate)) / whole + squared / (4 * whole * whole));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
