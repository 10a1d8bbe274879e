import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { KafkaLiveness } from './kafka-liveness.js';

describe('KafkaLiveness', () => {
  let liveness: KafkaLiveness;

  beforeEach(() => {
    jest.useFakeTimers();
    liveness = new KafkaLiveness(10_000);
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('is down before the first answer', () => {
    expect(liveness.state()).toEqual({ up: false, detail: 'not connected yet' });
  });

  it('is up while the last answer is recent', () => {
    liveness.heard();
    jest.advanceTimersByTime(9_999);
    expect(liveness.state()).toEqual({ up: true });
  });

  it('is down, with the time since the last answer, when Kafka has been silent for too long', () => {
    liveness.heard();
    jest.advanceTimersByTime(12_000);
    expect(liveness.state()).toEqual({ up: false, detail: 'no answer from Kafka for 12 s' });
    liveness.heard();
    expect(liveness.state()).toEqual({ up: true });
  });

  it('is down with the reason as soon as the connection is lost', () => {
    liveness.heard();
    liveness.lost('connect ECONNREFUSED 127.0.0.1:9092');
    expect(liveness.state()).toEqual({ up: false, detail: 'connect ECONNREFUSED 127.0.0.1:9092' });
    liveness.heard();
    expect(liveness.state()).toEqual({ up: true });
  });
});
