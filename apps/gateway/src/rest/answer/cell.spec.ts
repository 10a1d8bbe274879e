import { describe, expect, it } from '@jest/globals';
import type { ColumnType } from '../resources/resource.js';
import { csvCell, jsonCell } from './cell.js';

describe('a value', () => {
  it.each<[ColumnType, string | null, unknown, string]>([
    ['bigint', '42', 42, '42'],
    ['numeric', '0.120000', 0.12, '0.120000'],
    ['id', '1515915625468169594', '1515915625468169594', '1515915625468169594'],
    ['campaign_id', '64', 64, '64'],
    ['campaign_id', '9007199254740991', 9007199254740991, '9007199254740991'],
    ['campaign_id', '9007199254740993', '9007199254740993', '9007199254740993'],
    ['campaign_id', '-9223372036854775808', '-9223372036854775808', '-9223372036854775808'],
    ['boolean', 't', true, 'true'],
    ['boolean', 'f', false, 'false'],
    ['date', '2021-04-30', '2021-04-30', '2021-04-30'],
    ['timestamptz', '2021-04-30 07:28:15.5+00', '2021-04-30T07:28:15.5Z', '2021-04-30T07:28:15.5Z'],
    ['text', 'sale, "out"\r\n', 'sale, "out"\r\n', '"sale, ""out""\r\n"'],
    ['text', '', '', '""'],
    ['text', null, null, ''],
    ['jsonb', '[{"reason": "missing"}]', [{ reason: 'missing' }], '"[{""reason"": ""missing""}]"'],
  ])('of type %s, %j', (type, text, json, csv) => {
    expect(JSON.parse(jsonCell(type, text))).toEqual(json);
    expect(csvCell(type, text)).toBe(csv);
  });

  it.each([
    ['\\x6e6f', { base64: 'bm8=', text: 'no' }],
    ['\\xefbbbf', { base64: '77u/', text: '\ufeff' }],
    ['\\xff00', { base64: '/wA=', text: null }],
    ['\\x', { base64: '', text: '' }],
  ])('of bytes, %s', (hex, expected) => {
    expect(JSON.parse(jsonCell('bytea', hex))).toEqual(expected);
  });
});
