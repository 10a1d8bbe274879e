import { describe, expect, it } from '@jest/globals';
import { causeOf, downCauses } from './causes.js';
import { report, stateOf } from './state.fixture.js';
import { asSentence, isPlain, plainFault } from './words.js';

describe('plainFault', () => {
  it.each([
    ['connect ECONNREFUSED 127.0.0.1:5432', 'refuses connections'],
    ['Connection error: connect ECONNREFUSED ::1:9092', 'refuses connections'],
    ['password authentication failed for user "messaging_app"', 'refuses connections (password)'],
    ['getaddrinfo ENOTFOUND kafka', 'cannot be found under its name'],
    ['no answer for 3.0 s', 'does not answer'],
    ['Query read timeout', 'does not answer'],
    ['terminating connection due to administrator command', 'has ended the connection'],
    ['the database system is shutting down', 'has ended the connection'],
    ['the database system is starting up', 'is starting'],
    ['relation "mart.freshness" does not exist', 'is not set up'],
    ['not connected yet', 'has not answered yet'],
    ['something else', 'is down'],
    [null, 'is down'],
  ])('of %s is "%s"', (message, fault) => {
    expect(plainFault(message)).toBe(fault);
    expect(isPlain(message)).toBe(message === null || fault !== 'is down');
  });
});

describe('asSentence', () => {
  it.each([
    ['topic x does not exist', 'Topic x does not exist.'],
    ['Already one.', 'Already one.'],
    [' migrations are missing: A, B ', 'Migrations are missing: A, B.'],
    ['see (this)', 'See (this)'],
    ['', ''],
  ])('of "%s"', (text, sentence) => {
    expect(asSentence(text)).toBe(sentence);
  });
});

describe('downCauses', () => {
  it('leaves out what is down because of another component', () => {
    const down = report('down');
    const { parts } = stateOf({ components: { kafka: down, consumer_group: down, producer: down, mart: down } });
    expect(downCauses({ parts })).toEqual(['kafka', 'mart']);
    expect(causeOf(parts, 'producer')).toBe('kafka');
    expect(causeOf(parts, 'mart')).toBeUndefined();
    expect(causeOf(parts, 'spark')).toBeUndefined();
  });
});
