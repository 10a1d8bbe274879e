import { describe, expect, it } from '@jest/globals';
import { RejectionReader } from './rejections.js';

const row = { records: 2, reasons: [{ reason: 'missing', column: 'client_id', records: 2 }] };

describe('RejectionReader', () => {
  it('reads at once, then after a minute, or soon if there are more', async () => {
    let reads = 0;
    const reader = new RejectionReader(() => Promise.resolve([{ ...row, records: ++reads }]));
    await reader.update(5, 0);
    expect(reader.newest).toMatchObject({ records: 1, is_capped: false, window_seconds: 3600, reasons: row.reasons });
    await reader.update(5, 59_999);
    expect(reads).toBe(1);
    await reader.update(5, 60_000);
    expect(reads).toBe(2);
    await reader.update(6, 62_999);
    expect(reads).toBe(2);
    await reader.update(6, 63_000);
    expect(reads).toBe(3);
    await reader.update(6, 66_000);
    expect(reads).toBe(3);
  });

  it('says when there were more than it counts', async () => {
    const reader = new RejectionReader(() => Promise.resolve([{ ...row, records: 10_000 }]));
    await reader.update(20_000, 0);
    expect(reader.newest).toMatchObject({ records: 10_000, is_capped: true });
  });

  it('keeps its last answer after an error', async () => {
    let fails = false;
    const reader = new RejectionReader(() => (fails ? Promise.reject(new Error('gone')) : Promise.resolve([row])));
    await reader.update(5, 0);
    fails = true;
    await reader.update(9, 10_000);
    expect(reader.newest).toMatchObject({ records: 2 });
  });
});
