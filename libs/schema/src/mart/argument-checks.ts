/*
 * Plain SQL cannot raise an error, so a wrong argument becomes a text that cannot be cast. Put the check where it is always
 * evaluated, for example in LIMIT: ORDER BY and WHERE are skipped if there are no rows.
 */

/**
 * An SQL expression that fails with a message.
 *
 * @param message SQL expressions, joined to one text that is neither a number nor a boolean; null counts as empty
 */
export function failure(type: 'bigint' | 'boolean' | 'numeric', ...message: readonly string[]): string {
  return `concat(${message.join(', ')})::${type}`;
}

/** The parameters that limit a function to messages sent on certain days (UTC), and their SQL. */
export const PERIOD = {
  parameters: `first_day date DEFAULT '-infinity', last_day date DEFAULT 'infinity'`,
  /** For the function's comment. */
  description:
    'Days are those of sending (UTC), both inclusive; null means no limit. Messages without a date only count if neither day is given.',
  /** For the ledger's column `date`. */
  where: `CASE WHEN coalesce(first_day, '-infinity') = '-infinity' AND coalesce(last_day, 'infinity') = 'infinity' THEN true
               ELSE date BETWEEN coalesce(first_day, '-infinity') AND coalesce(last_day, 'infinity') END`,
  /** All rows; fails if the days are in the wrong order. */
  limit: `CASE WHEN first_day > last_day THEN ${failure('bigint', "'first_day '", 'first_day', "' is after last_day '", 'last_day')} END`,
} as const;
