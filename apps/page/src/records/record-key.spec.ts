import { describe, expect, it } from '@jest/globals';
import { keyText, parseKey } from './record-key.js';

describe('a record key', () => {
  it.each([
    { topic: 'message_data', partition: 5, offset: 161848 },
    { topic: 'a.b-c', partition: 0, offset: Number.MAX_SAFE_INTEGER },
  ])('is read as it was written: %j', (key) => {
    expect(parseKey(keyText(key))).toEqual(key);
  });

  it.each([undefined, '', 'message_data', 'message_data:1', ':1:2', 'a:b:c', 'a:1:-2', 'a:1:2.5', 'a:12345678901:1'])(
    'is not made of %j',
    (text) => {
      expect(parseKey(text)).toBeNull();
    },
  );
});
