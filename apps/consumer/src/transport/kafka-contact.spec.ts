import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { KafkaContact } from './kafka-contact.js';

describe('KafkaContact', () => {
  let contact: KafkaContact;

  beforeEach(() => {
    jest.useFakeTimers();
    contact = new KafkaContact(10_000);
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('is down before the first answer', () => {
    expect(contact.state()).toEqual({ up: false, detail: 'not connected yet' });
  });

  it('is up while the last answer is younger than the patience', () => {
    contact.made();
    jest.advanceTimersByTime(9_999);
    expect(contact.state()).toEqual({ up: true });
  });

  it('is down, with the time since, when Kafka has been silent for longer', () => {
    contact.made();
    jest.advanceTimersByTime(12_000);
    expect(contact.state()).toEqual({ up: false, detail: 'no answer from Kafka for 12 s' });
    contact.made();
    expect(contact.state()).toEqual({ up: true });
  });

  it('is down with the reason as soon as the contact is lost', () => {
    contact.made();
    contact.lost('connect ECONNREFUSED 127.0.0.1:9092');
    expect(contact.state()).toEqual({ up: false, detail: 'connect ECONNREFUSED 127.0.0.1:9092' });
    contact.made();
    expect(contact.state()).toEqual({ up: true });
  });
});
