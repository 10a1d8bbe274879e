/** numerator / denominator, both whole, rounded to significant digits, halves away from zero; digits before the point all stay. */
export function significantRatio(numerator: number, denominator: number, digits = 6): number | null {
  if (denominator === 0) return null;
  const isNegative = numerator < 0 !== denominator < 0;
  const [top, bottom] = [BigInt(Math.abs(numerator)), BigInt(Math.abs(denominator))];
  if (top === 0n) return 0;
  let decimals = 0;
  while (top * 10n ** BigInt(decimals) < bottom * 10n ** BigInt(digits - 1)) decimals++;
  const rounded = (2n * top * 10n ** BigInt(decimals) + bottom) / (2n * bottom);
  return Number(`${isNegative ? '-' : ''}${rounded}e-${decimals}`);
}
