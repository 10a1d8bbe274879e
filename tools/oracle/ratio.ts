/**
 * Exact, like PostgreSQL's numeric: half a unit of the last digit is rounded up.
 *
 * @returns part / whole as text, null if whole is 0
 */
export function ratio(part: number, whole: number, digits = 6): string | null {
  if (whole === 0) return null;
  const scaled = 2n * BigInt(part) * 10n ** BigInt(digits) + BigInt(whole);
  return decimal(scaled / (2n * BigInt(whole)), digits);
}

/** The 97.5th percentile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * A bound of Wilson's 95 % interval: the share q at which the observed share lies Z standard errors from q, so it solves
 * (1 + Z²/n) q² - (2p + Z²/n) q + p² = 0.
 *
 * @returns six digits, as text; null if whole is 0
 */
export function wilsonBound(part: number, whole: number, side: 1 | -1): string | null {
  if (whole === 0) return null;
  const p = Math.min(part / whole, 1);
  const z = Z ** 2 / whole;
  const [a, b, c] = [1 + z, -(2 * p + z), p ** 2];
  return Math.abs((-b + side * Math.sqrt(b ** 2 - 4 * a * c)) / (2 * a)).toFixed(6);
}

/** The difference of two ratios with six digits; null if either is null. */
export function difference(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return null;
  const units = (text: string) => BigInt(text.replace('.', ''));
  return decimal(units(one) - units(other), 6);
}

function decimal(units: bigint, digits: number): string {
  const text = String(units < 0n ? -units : units).padStart(digits + 1, '0');
  return `${units < 0n ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
