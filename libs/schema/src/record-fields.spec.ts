import { describe, expect, it } from '@jest/globals';
import { readJson, readPlain } from './record-fields.js';

const record = '{"id":"1","message_id":"a b","channel":"email","updated_at":"2023-04-27 08:57:59"}';

describe('readPlain', () => {
  it('gives what readJson gives for the form that the producer writes', () => {
    expect(readPlain(Buffer.from(record))).toEqual(readJson(Buffer.from(record)));
  });

  it('leaves every record that it reads by one changed character as readJson has it', () => {
    let read = 0;
    for (let at = 0; at < record.length; at++) {
      for (const character of '"\\{}[]:,x0 \n\u0000é') {
        for (const changed of [
          record.slice(0, at) + character + record.slice(at + 1),
          record.slice(0, at) + character + record.slice(at),
          record.slice(0, at) + record.slice(at + 1),
        ]) {
          const plain = readPlain(Buffer.from(changed));
          if (plain === null) continue;
          read++;
          expect(plain).toEqual(readJson(Buffer.from(changed)));
        }
      }
    }
    expect(read).toBeGreaterThan(100);
  });

  it.each([
    ['an unknown column', '{"id":"1","user_id":"2"}'],
    ['another order', '{"message_id":"a","id":"1"}'],
    ['a column twice', '{"id":"1","id":"2"}'],
    ['a number', '{"id":1}'],
    ['a space', '{"id": "1"}'],
    ['an escape', '{"message_id":"\\u0041"}'],
    ['trailing text', '{"id":"1"} '],
    ['a trailing comma', '{"id":"1",}'],
    ['no field', '{}'],
    ['nothing', ''],
  ])('leaves %s to readJson', (_name, text) => {
    expect(readPlain(Buffer.from(text))).toBeNull();
  });
});
