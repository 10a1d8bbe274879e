import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Message } from 'kafkajs';
import { consumedBy, type TestApp } from '../support/test-app.js';
import { readMart } from '../support/mart.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { numbers, recordOf } from '../support/records.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(120_000);

const TOKEN = 'a-token-of-operators';

/** Short, so that a member without heartbeats is soon gone. */
const QUICK = { CONSUMER_SESSION_TIMEOUT_MS: '6000', CONSUMER_HEARTBEAT_MS: '1000' };

let pipeline: Pipeline;

beforeEach(async () => {
  pipeline = await Pipeline.create();
  await pipeline.createTopic();
});

afterEach(() => pipeline.close());

const good = (n: number, from = 0): Message[] => numbers(n).map((id) => recordOf(from + id));

/** Records that are rejected: half of them for two reasons. */
const bad = (n: number, from = 0): Message[] =>
  numbers(n).map((id) =>
    recordOf(from + id, { sent_at: 'yesterday', date: '', ...(id % 2 ? { channel: 'pigeon' } : {}) }),
  );

/** One request to one partition, which a consumer fetches at once. */
const together = (records: Message[]): Message[] => records.map((record) => ({ ...record, partition: 0 }));

const quarantined = async (): Promise<number> =>
  Number((await query<{ count: string }>(pipeline.databaseUrl, 'SELECT count(*) FROM quarantined_messages'))[0]!.count);

const problemOf = async (consumer: TestApp) => (await consumer.health('readyz')).down['breaker'];

const isOpen = async (consumer: TestApp) => (await consumer.metrics()).get('messages_breaker_open');

/** @returns the message on /readyz */
function opens(consumer: TestApp): Promise<string> {
  return consumer.waitUntil('the breaker opens', () => problemOf(consumer));
}

function post(consumer: TestApp, authorization?: string): Promise<Response> {
  const headers = new Headers(authorization === undefined ? {} : { authorization });
  return fetch(`${consumer.url}/breaker/continue`, { method: 'POST', headers });
}

describe('the breaker', () => {
  it('stops reading when most records are bad, says why and what to do, and keeps its partitions', async () => {
    await pipeline.send(together([...bad(1500), ...good(500, 1500)]));
    const consumer = await pipeline.consumer(QUICK);
    const problem = await opens(consumer);

    expect(problem).toMatch(
      /^reading has stopped: 1,500 of the last 2,000 records are bad \(75 %, limit 50 %\)\. Commonest reasons: sent_at: not_a_time \(1,500\), channel: unknown_value \(750\)\. .* --continue, or send POST \/breaker\/continue$/,
    );
    expect(await isOpen(consumer)).toBe(1);
    expect((await consumer.health('livez')).status).toBe(200);
    expect(consumer.output.split('reading has stopped')).toHaveLength(2);
    const { members } = await pipeline.describeGroup();

    // Longer than the session timeout.
    await new Promise((resolve) => setTimeout(resolve, 8000));
    expect((await pipeline.describeGroup()).state).toBe('Stable');
    expect((await pipeline.describeGroup()).members.map(({ memberId }) => memberId)).toEqual(
      members.map(({ memberId }) => memberId),
    );
    expect(Object.keys((await consumer.health('readyz')).down)).toEqual(['breaker']);
    expect([await pipeline.committed(), await quarantined(), await consumedBy(consumer)]).toEqual([0, 0, [0]]);
    expect((await readMart(pipeline.databaseUrl)).size).toBe(0);
  });

  it('does not open at the limit', async () => {
    await pipeline.send(together([...good(1000), ...bad(1000, 1000)]));
    const consumer = await pipeline.consumer();
    await pipeline.caughtUp();
    expect([await problemOf(consumer), await isOpen(consumer), await quarantined()]).toEqual([undefined, 0, 1000]);
  });

  it('does not open for one bad batch among good ones', async () => {
    const consumer = await pipeline.consumer({ CONSUMER_BATCH_RECORDS: '1000' });
    for (const records of [good(2000), bad(1000, 2000), good(2000, 3000)]) {
      await pipeline.send(together(records));
      await pipeline.caughtUp();
    }
    expect([await problemOf(consumer), await isOpen(consumer), await quarantined()]).toEqual([undefined, 0, 1000]);
  });

  it('writes all records before the batch that opens it, and none after', async () => {
    const consumer = await pipeline.consumer({ CONSUMER_BATCH_RECORDS: '500' });
    await pipeline.send(together(good(1000)));
    await pipeline.caughtUp();
    await pipeline.send(together([...bad(3000, 1000), ...good(500, 4000)]));
    await opens(consumer);

    const entries = await quarantined();
    expect(await pipeline.committed()).toBe(1000 + entries);
    expect(entries).toBeLessThanOrEqual(1000);
    expect((await readMart(pipeline.databaseUrl)).size).toBe(1000);
  });

  it('is off with a share of 1', async () => {
    await pipeline.send(bad(2000));
    const consumer = await pipeline.consumer({ CONSUMER_BREAKER_SHARE: '1' });
    await pipeline.caughtUp();
    expect([await quarantined(), await isOpen(consumer)]).toEqual([2000, 0]);
  });

  it('shuts down cleanly while it is open, and opens again after a restart', async () => {
    await pipeline.send(together(bad(2000)));
    const first = await pipeline.consumer();
    await opens(first);
    const began = performance.now();
    expect(await first.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect((await pipeline.describeGroup()).state).toBe('Empty');

    await opens(await pipeline.consumer());
    expect([await pipeline.committed(), await quarantined()]).toEqual([0, 0]);
  });
});

describe('a consumer whose breaker is open', () => {
  beforeEach(() => pipeline.send([...bad(1500), ...good(500, 1500)]));

  const everythingIsThere = async () => {
    await pipeline.caughtUp();
    expect([(await readMart(pipeline.databaseUrl)).size, await quarantined()]).toEqual([500, 1500]);
  };

  it('continues after POST /breaker/continue with the token, and is armed again once the share has fallen', async () => {
    const consumer = await pipeline.consumer({ CONSUMER_OPERATOR_TOKEN: TOKEN });
    await opens(consumer);

    for (const authorization of [undefined, `Bearer ${TOKEN}x`, 'Bearer ', `Basic ${TOKEN}`]) {
      const refused = await post(consumer, authorization);
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
        401,
        'Bearer realm="messages-pipeline"',
      ]);
    }
    expect(await isOpen(consumer)).toBe(1);

    const accepted = await post(consumer, `Bearer ${TOKEN}`);
    expect([accepted.status, await accepted.json()]).toEqual([
      200,
      { message: 'Continuing. Bad records go to quarantine until their share has fallen.' },
    ]);
    await everythingIsThere();
    await consumer.ready();
    expect(await isOpen(consumer)).toBe(0);
    expect((await post(consumer, `Bearer ${TOKEN}`)).status).toBe(409);

    await pipeline.send(good(3000, 2000));
    await pipeline.caughtUp();
    await pipeline.send(bad(9000, 5000));
    await opens(consumer);
    expect(await isOpen(consumer)).toBe(1);
  });

  it('refuses POST without a configured token, and other methods', async () => {
    const consumer = await pipeline.consumer();
    await opens(consumer);
    const refused = await post(consumer, `Bearer ${TOKEN}`);
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('CONSUMER_OPERATOR_TOKEN')]);
    for (const [method, status] of [
      ['PUT', 405],
      ['DELETE', 405],
      ['GET', 404],
    ] as const) {
      expect((await fetch(`${consumer.url}/breaker/continue`, { method })).status).toBe(status);
    }
    expect(await isOpen(consumer)).toBe(1);
  });

  it('continues after a restart with --continue', async () => {
    const first = await pipeline.consumer();
    await opens(first);
    await first.stop();

    const next = await pipeline.start('consumer', { args: ['--continue'] });
    await everythingIsThere();
    await next.ready();
  });

  it('continues after a restart that accepts the records', async () => {
    const first = await pipeline.consumer();
    await opens(first);
    await first.stop();

    // As a contract would that accepts more records: 75 % are bad.
    const next = await pipeline.consumer({ CONSUMER_BREAKER_SHARE: '0.8' });
    await everythingIsThere();
    await next.ready();
  });

  it('gives its partitions to another consumer, which judges for itself', async () => {
    const first = await pipeline.consumer(QUICK);
    await opens(first);
    const second = await pipeline.start('consumer', { args: ['--continue'], env: QUICK });
    await waitUntil('both are members', async () => (await pipeline.describeGroup()).members.length === 2);
    await second.ready();
    await second.waitUntil('the second one writes', async () => (await consumedBy(second))[0]! > 0);
    expect(await isOpen(first)).toBe(1);
    await first.stop();
    await everythingIsThere();
  });
});
