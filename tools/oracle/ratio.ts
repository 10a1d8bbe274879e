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
