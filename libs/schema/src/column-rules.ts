import { positionOf } from './columns.js';
import { contract } from './contract.js';

// The contract's rules across columns, with the positions of their columns in a clean row.

export const FLAG_RULES = contract.flags.map(({ flag, times }) => ({
  flag,
  flagAt: positionOf(flag),
  timesAt: times.map(positionOf),
}));

export const ORDER_RULES = contract.orders.map(({ first, last }) => ({
  last,
  firstAt: positionOf(first),
  lastAt: positionOf(last),
}));

export const DATE_RULES = contract.dates.map(({ date, time }) => ({
  date,
  dateAt: positionOf(date),
  timeAt: positionOf(time),
}));
