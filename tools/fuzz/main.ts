import { parseArgs } from 'node:util';
import { outcomeOf } from './outcome.js';
import { randomRecord } from './random-record.js';

/**
 * Prints broken records of every kind with the outcome of the TypeScript cleaner, as JSON lines:
 * `{number, family, value (base64, null for none), headers ([key, value or null]...), outcome}`. The same seed gives the same
 * lines, and each record depends only on the seed and its number.
 *
 * Usage: node dist/tools/fuzz/main.js [--seed S] [--records N] [--first N]
 */
const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    records: { type: 'string', default: '10000' },
    first: { type: 'string', default: '0' },
  },
});

const seed = wholeNumber('seed');
const first = wholeNumber('first');
const end = first + wholeNumber('records');
for (let number = first; number < end; number++) {
  const record = randomRecord(seed, number);
  const { family, value, headers } = record;
  const line = { number, family, value: value && value.toString('base64'), headers, outcome: outcomeOf(record) };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function wholeNumber(option: keyof typeof options): number {
  const text = options[option];
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 0xffff_ffff)
    throw new Error(`--${option} must be a whole number below 2^32, not ${text}`);
  return number;
}
