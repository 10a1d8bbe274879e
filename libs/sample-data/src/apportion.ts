/**
 * Shares `total` among items in proportion to their weights by largest remainder: each item gets the whole part of its
 * quota, then the items with the largest fractions get one more unit each; of equal fractions, the first item's wins.
 *
 * @param weights integers; at least one above 0 if `total` is above 0
 * @param caps the maximum of each item; beyond it, the next largest fraction gets the unit
 * @throws RangeError if the caps add up to less than `total`
 */
export function apportion(total: number, weights: readonly number[], caps?: readonly number[]): number[] {
  const sum = weights.reduce((before, weight) => before + weight, 0);
  if (total === 0) return weights.map(() => 0);
  if (sum === 0) throw new RangeError(`cannot share ${total} among items that all weigh 0`);
  // Products of two message counts exceed 2^53.
  const quotas = weights.map((weight, index) => {
    const product = BigInt(weight) * BigInt(total);
    return { index, whole: Number(product / BigInt(sum)), fraction: Number(product % BigInt(sum)) };
  });
  const shares = quotas.map(({ whole, index }) => Math.min(whole, caps?.[index] ?? whole));
  let left = total - shares.reduce((before, share) => before + share, 0);

  quotas.sort((one, other) => other.fraction - one.fraction || one.index - other.index);
  while (left > 0) {
    const before = left;
    for (const { index } of quotas) {
      if (left === 0) break;
      if (shares[index]! >= (caps?.[index] ?? total)) continue;
      shares[index]!++;
      left--;
    }
    if (left === before) throw new RangeError(`cannot share ${total}: the caps leave no room for ${left}`);
  }
  return shares;
}
