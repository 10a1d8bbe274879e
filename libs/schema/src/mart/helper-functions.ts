import type { MartFunction } from './mart-object.js';
import { Z_95 } from './normal-quantile.js';

const Z2 = Z_95 * Z_95;

/**
 * Wilson's interval for `part` of `whole`. Events without a delivery can make the part greater than the whole. Rounds to six
 * digits as an integer number of millionths, because casting a float to numeric takes longer than all the rest.
 */
const wilson = (side: 'low' | 'high') => `
  SELECT round(1e6 * (least(part, whole) + ${Z2 / 2} ${side === 'low' ? '-' : '+'}
                      ${Z_95} * sqrt(least(part, whole)::float8 * (whole - least(part, whole)) / nullif(whole, 0) + ${Z2 / 4}))
                   / (whole + ${Z2}))::bigint * 0.000001`;

const BOUNDS = {
  kind: 'function',
  parameters: 'part bigint, whole bigint',
  returns: 'numeric',
  volatility: 'IMMUTABLE',
} as const;

export const wilsonLow: MartFunction = {
  ...BOUNDS,
  name: 'wilson_low',
  comment:
    "Lower bound of the share part / whole, by Wilson's 95 % score interval: what the data can prove. Null if whole is 0. " +
    'The bounds take messages as independent; several messages to one client are not, so the true interval is somewhat wider.',
  sql: wilson('low'),
};

export const wilsonHigh: MartFunction = {
  ...BOUNDS,
  name: 'wilson_high',
  comment:
    "Upper bound of the share part / whole, by Wilson's 95 % score interval. Null if whole is 0. See wilson_low.",
  sql: wilson('high'),
};

export const significant: MartFunction = {
  kind: 'function',
  name: 'significant',
  parameters: 'value numeric, digits integer DEFAULT 6',
  returns: 'numeric',
  volatility: 'IMMUTABLE',
  comment:
    'Rounds to this many significant digits, so that small figures keep theirs. Digits before the decimal point all stay.',
  sql: 'SELECT round(value, CASE WHEN value = 0 THEN 0 ELSE greatest(0, digits - 1 - floor(log(abs(value)))::integer) END)',
};
