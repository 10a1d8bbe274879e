import { describe, expect, it } from '@jest/globals';
import { filterText, quarantineSentence } from './quarantine-sentence.js';

describe('quarantineSentence', () => {
  const counts = [
    { reason: 'missing', records: 201 },
    { reason: 'not_a_time', records: 412 },
  ];

  it.each([
    [null, [], null, 'Rejected records, newest first.'],
    [0, [], null, 'Nothing is in quarantine: no record was rejected.'],
    [1, [counts[0]!], 'at 7', 'One record is in quarantine, for missing. The newest came at 7.'],
    [706, counts, 'at 7', '706 records are in quarantine, most of them for not_a_time (412). The newest came at 7.'],
    [1706, counts, null, '1,706 records are in quarantine, most often for not_a_time (412).'],
    [12, [], null, '12 records are in quarantine.'],
  ])('%j %j %j: %s', (total, reasons, newest, expected) => {
    expect(quarantineSentence(total, reasons, newest)).toBe(expected);
  });
});

describe('filterText', () => {
  it.each([
    [{}, ''],
    [{ reason: 'missing', column: 'client_id' }, 'Shown are records for missing, in the column client_id.'],
    [
      { from: '2026-03-01', to: '2026-03-02' },
      'Shown are records rejected on 2026-03-01 or later, rejected on 2026-03-02 or earlier.',
    ],
    [{ topic: 'a', partition: '0', cursor: 'x' }, 'Shown are records from the topic a, from partition 0.'],
  ])('%j: %s', (query, expected) => {
    expect(filterText(query)).toBe(expected);
  });
});
