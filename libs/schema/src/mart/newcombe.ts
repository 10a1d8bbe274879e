/**
 * FROM items for the difference p2 - p1 between the shares of two groups: `n1`, `p1`, `n2`, `p2` and `difference`, all null where a
 * whole is 0. Events without a delivery can make a part greater than its whole, which an interval cannot express.
 */
export const sharesOf = (part1: string, whole1: string, part2: string, whole2: string): string => `
    SELECT nullif(${whole1}, 0)::float8 AS n1, nullif(${whole2}, 0)::float8 AS n2,
           least(${part1}, ${whole1})::float8 / nullif(${whole1}, 0) AS p1,
           least(${part2}, ${whole2})::float8 / nullif(${whole2}, 0) AS p2,
           ${part2}::float8 / nullif(${whole2}, 0) - ${part1}::float8 / nullif(${whole1}, 0) AS difference`;

/**
 * How far Newcombe's hybrid score interval reaches below and above p2 - p1, from Wilson's intervals of both. R. G. Newcombe
 * (1998), Interval estimation for the difference between independent proportions, Statistics in Medicine 17, method 10.
 *
 * @param z an SQL expression for the number of standard deviations
 */
export function newcombe(z: string): string {
  const bound = (p: string, n: string, sign: '-' | '+') =>
    `((${p} + ${z}^2 / (2 * ${n}) ${sign} ${z} * sqrt(${p} * (1 - ${p}) / ${n} + ${z}^2 / (4 * ${n}^2))) / (1 + ${z}^2 / ${n}))`;
  return `
    SELECT sqrt((p2 - ${bound('p2', 'n2', '-')})^2 + (${bound('p1', 'n1', '+')} - p1)^2) AS below,
           sqrt((${bound('p2', 'n2', '+')} - p2)^2 + (p1 - ${bound('p1', 'n1', '-')})^2) AS above`;
}

/**
 * Bounds of the difference, and whether 0 is outside them, from the columns of both queries above.
 *
 * @param reach name of the FROM item with `newcombe`
 */
export const intervalOf = (reach: string) => ({
  low: `mart.significant((difference - ${reach}.below)::numeric)`,
  high: `mart.significant((difference + ${reach}.above)::numeric)`,
  isClear: `difference - ${reach}.below > 0 OR difference + ${reach}.above < 0`,
});
