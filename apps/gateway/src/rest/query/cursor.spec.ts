import { describe, expect, it } from '@jest/globals';
import type { ColumnType } from '../resources/resource.js';
import { CURSOR_PATTERN, decodeCursor, encodeCursor } from './cursor.js';
import type { OrderTerm } from './order.js';

const term = (column: string, type: ColumnType, descending = false): OrderTerm => ({
  ...{ column, type, descending, nullable: true },
  sql: `"${column}"`,
});

const order = [term('sent', 'bigint', true), term('topic', 'text')];

/** A cursor that a client made up. */
const made = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');

describe('a cursor', () => {
  it.each([[['12', 'sale "ü"']], [['9223372036854775807', null]], [[null, '']]])(
    'keeps the position %j',
    (position) => {
      const cursor = encodeCursor(order, position);
      expect(cursor).toMatch(new RegExp(CURSOR_PATTERN));
      expect(decodeCursor(order, cursor)).toEqual(position);
      expect(encodeCursor(order.slice(1), position.slice(1))).toMatch(new RegExp(CURSOR_PATTERN));
    },
  );

  it.each([
    ['another order', encodeCursor([order[1]!, order[0]!], ['a', '1'])],
    ['the other direction', encodeCursor([term('sent', 'bigint'), order[1]!], ['1', 'a'])],
    ['invalid JSON', 'abc'],
    ['JSON that is not an array', Buffer.from('{"0":"-sent,topic"}').toString('base64url')],
    ['too few values', made('-sent,topic', '1')],
    ['too many values', made('-sent,topic', '1', 'a', 'b')],
    ['a number', made('-sent,topic', 1, 'a')],
    ['SQL', made('-sent,topic', '1); DROP TABLE messages --', 'a')],
    ['a number beyond the type', made('-sent,topic', '9223372036854775808', 'a')],
    ['a NUL character', made('-sent,topic', '1', 'a\0')],
  ])('is rejected with %s', (_what, cursor) => {
    expect(decodeCursor(order, cursor)).toBeUndefined();
  });

  it.each<[ColumnType, string, boolean]>([
    ['date', '2021-04-30', true],
    ['date', '2021-02-30', false],
    ['timestamptz', '2021-04-30 07:28:15.000001+00', true],
    ['timestamptz', '2021-04-30 24:00:00+00', false],
    ['timestamptz', 'now', false],
    ['numeric', '-0.000217', true],
    ['numeric', 'NaN', false],
    ['smallint', '32768', false],
    ['integer', '2147483647', true],
    ['integer', '2147483648', false],
    ['boolean', 't', true],
    ['boolean', 'true', false],
  ])('of type %s accepts %s: %s', (type, value, accepted) => {
    const one = [term('c', type)];

    expect(decodeCursor(one, encodeCursor(one, [value])) !== undefined).toBe(accepted);
  });
});
