import { describe, expect, it } from '@jest/globals';
import { DeliveryLatency } from './delivery-latency.js';

describe('DeliveryLatency', () => {
  it('counts records by partition and latency', () => {
    const latency = new DeliveryLatency();
    latency.add(0, 0.005, 3);
    latency.add(0, 0.02, 2);
    latency.add(0, -1, 1);
    latency.add(7, 0.011, 1);

    expect(latency.of(0)?.counts).toEqual([4, 0, 0, 0, 2]);
    expect(latency.of(7)?.counts).toEqual([0, 1]);
    expect(latency.of(1)).toBeUndefined();
  });

  it('starts from zero, at a later time, after a reset', () => {
    const latency = new DeliveryLatency();
    latency.add(0, 1, 1);
    const before = latency.of(0)!.since;
    latency.reset();
    expect(latency.of(0)).toBeUndefined();
    latency.add(0, 0, 2);
    expect(latency.of(0)).toMatchObject({ counts: [2] });
    expect(latency.of(0)!.since.getTime()).toBeGreaterThanOrEqual(before.getTime());
  });
});
