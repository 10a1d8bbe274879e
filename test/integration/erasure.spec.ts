import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TestApp } from '../support/test-app.js';
import { erase } from '../support/erase.js';
import { ledgerDifferences } from '../support/ledger.js';
import { holding, isWriteWaiting } from '../support/locks.js';
import { readMart, readQuarantine } from '../support/mart.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { recordOf, version } from '../support/records.js';
import { createTestDatabase } from '../support/test-database.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(60_000);

const CLIENT = '1515915625468061299';
const of = (id: number, fields = {}) => recordOf(id, { client_id: CLIENT, ...fields });

/** Rejected records of the client: JSON that breaks a rule, JSON that is cut off, a line that does not parse as CSV. */
const REJECTED = [
  recordOf(90, { client_id: ` +${CLIENT} `, channel: 'fax' }),
  { key: '91', value: `{"id":"91","client_id": ${CLIENT}, "cha` },
  { key: '92', value: `92,m-92,21,bulk,"${CLIENT}",email`, headers: { 'csv-error': 'too few fields' } },
];
const OTHERS = [recordOf(1), recordOf(2), { key: '93', value: 'no JSON' }];

describe('an erased client', () => {
  let pipeline: Pipeline;

  beforeEach(async () => {
    pipeline = await Pipeline.create({ partitions: 1 });
    await pipeline.createTopic();
  });

  afterEach(() => pipeline.close());

  const idsInMart = async () => [...(await readMart(pipeline.databaseUrl)).keys()];
  const keysInQuarantine = async () => (await readQuarantine(pipeline.databaseUrl)).map(({ key }) => String(key));

  /** The counters whose sum is the number of records consumed. */
  async function accounts(consumer: TestApp) {
    const metrics = await consumer.metrics();
    const total = (name: string) =>
      [...metrics].reduce(
        (sum, [key, value]) => (key.replace(/\{.*/, '') === `messages_${name}_total` ? sum + value : sum),
        0,
      );
    return {
      consumed: total('consumed'),
      stored: total('stored'),
      unchanged: total('unchanged'),
      quarantined: total('quarantined'),
      erased: total('erased'),
    };
  }

  it('leaves no row, and does not come back by a replay, a newer version, or the reference file', async () => {
    await pipeline.setTopic('retention.ms', '604800000');
    await pipeline.send([...OTHERS, of(3), of(4), ...REJECTED]);
    const folder = await mkdtemp(join(tmpdir(), 'erasure-'));
    try {
      await writeFile(
        join(folder, 'client_first_purchase_date.csv'),
        `client_id,first_purchase_date\n${CLIENT},2020-01-01\n5,2020-01-02\n`,
      );
      await writeFile(
        join(folder, 'campaigns.csv'),
        'id,campaign_type,channel,topic,started_at,finished_at,total_count,ab_test,warmup_mode,hour_limit,subject_length,subject_with_personalization,subject_with_deadline,subject_with_emoji,subject_with_bonuses,subject_with_discount,subject_with_saleout,is_test,position\n',
      );
      await writeFile(join(folder, 'holidays.csv'), 'date,holiday\n');
      const load = async () => {
        const app = await pipeline.start('mart-init', { args: ['--reference', folder] });
        expect(await app.exited).toMatchObject({ code: 0 });
        return app.output;
      };
      await load();
      const first = await pipeline.consumer();
      await pipeline.caughtUp();
      expect(await accounts(first)).toEqual({ consumed: 8, stored: 4, unchanged: 0, quarantined: 4, erased: 0 });
      await first.stop();

      const { code, text } = await erase(pipeline.settings, '--client', CLIENT);
      expect([code, text]).toEqual([
        0,
        expect.stringMatching(/messages +2\n.*quarantined_messages +3\n.*client_first_purchase_date +1\n/),
      ]);
      expect(text).toContain('retention.ms=604800000');
      expect(text).toContain('1 quarantined records name no client that can be read');
      expect(await idsInMart()).toEqual(['1', '2']);
      expect(await keysInQuarantine()).toEqual(['93']);
      expect(await ledgerDifferences(pipeline.databaseUrl)).toEqual([]);

      expect(await load()).toContain('0 inserted, 0 updated, 1 unchanged, 1 of erased clients left out');
      await pipeline.send([of(4, version(9)), recordOf(2, version(9)), of(5)]);
      const replay = await pipeline.consumer({ CONSUMER_GROUP_ID: `${pipeline.group}-again` });
      await pipeline.caughtUp({ groupId: `${pipeline.group}-again` });
      // Two records of id 4 are one row of the batch; the older one counts as unchanged, like that of id 2.
      expect(await accounts(replay)).toEqual({ consumed: 11, stored: 1, unchanged: 3, quarantined: 0, erased: 6 });
      expect(await idsInMart()).toEqual(['1', '2']);
      expect(await keysInQuarantine()).toEqual(['93']);
      expect(await ledgerDifferences(pipeline.databaseUrl)).toEqual([]);
      expect(await query(pipeline.databaseUrl, 'SELECT client_id FROM client_first_purchase_date')).toEqual([
        { client_id: '5' },
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('does not come back by a batch that is being written during the erasure', async () => {
    await pipeline.send([of(3), { key: '1', value: 'no JSON' }]);
    // The batch has asked for erased clients and written its row; its last statement waits.
    const release = await holding(pipeline.databaseUrl, 'BEGIN; LOCK TABLE quarantined_messages');
    const consumer = await pipeline.consumer();
    await waitUntil('the batch waits', () => isWriteWaiting(pipeline.databaseUrl, 'quarantined_messages'));
    const erasing = erase(pipeline.settings, '--client', CLIENT);
    const blocked = () => query(pipeline.databaseUrl, 'SELECT FROM erasure.blocked_clients');
    await waitUntil('the client is blocked', async () => (await blocked()).length === 1);
    await release();

    expect(await erasing).toMatchObject({ code: 0, text: expect.stringMatching(/messages +1\n/) });
    await pipeline.caughtUp();
    expect(await idsInMart()).toEqual([]);
    expect(await keysInQuarantine()).toEqual(['1']);
    expect(await accounts(consumer)).toMatchObject({ consumed: 2, stored: 1, erased: 0 });
    // The next batch asks again.
    await pipeline.send([of(3, version(9))]);
    await pipeline.caughtUp();
    expect(await accounts(consumer)).toMatchObject({ consumed: 3, stored: 1, erased: 1 });
    expect(await idsInMart()).toEqual([]);
    expect(await ledgerDifferences(pipeline.databaseUrl)).toEqual([]);
  });

  it('is blocked even if unknown, is named nowhere, and can come back', async () => {
    const nothing = { code: 0, text: expect.stringContaining('The mart held nothing of client') };
    // Two at once, as a repeated erasure is no error.
    const erasing = () => erase(pipeline.settings, '--client', CLIENT);
    expect(await Promise.all([erasing(), erasing()])).toEqual([nothing, nothing]);
    await pipeline.send([of(3), recordOf(1)]);
    await pipeline.consumer();
    await pipeline.caughtUp();
    expect(await idsInMart()).toEqual(['1']);

    expect(await erase(pipeline.settings, '--client', CLIENT, '--unblock')).toMatchObject({ code: 0 });
    await pipeline.send([of(3)]);
    await pipeline.caughtUp();
    expect(await idsInMart()).toEqual(['1', '3']);

    const audit = await query<{ entry: string }>(
      pipeline.databaseUrl,
      'SELECT erasures::text AS entry FROM erasures ORDER BY done_at',
    );
    expect(audit.map(({ entry }) => entry.includes(CLIENT))).toEqual([false, false, false]);
    expect(
      await query(pipeline.databaseUrl, 'SELECT DISTINCT client_hash, done_by = session_user AS me FROM erasures'),
    ).toMatchObject([{ me: true }]);
  });

  it('is not erased with a bad argument, in another database, or by a user who does not own the mart', async () => {
    const empty = await createTestDatabase();
    const role = `erasing_${randomBytes(6).toString('hex')}`;
    await query(pipeline.databaseUrl, `CREATE ROLE ${role} LOGIN PASSWORD '${role}'`);
    try {
      const url = Object.assign(new URL(pipeline.databaseUrl), { username: role, password: role });
      const [usage, noMart, notOwner] = await Promise.all([
        erase(pipeline.settings, '--client', 'x'),
        erase({ DATABASE_URL: empty.url }, '--client', '1'),
        erase({ DATABASE_URL: url.href }, '--client', '1'),
      ]);
      expect(usage).toEqual({ code: 2, text: expect.stringContaining('USAGE: --client "x" is not a client_id') });
      expect(noMart).toEqual({
        code: 1,
        text: expect.stringMatching(/^ERASE_NOT_OWNER: .* run mart-init of this version first/),
      });
      expect(notOwner).toEqual({
        code: 1,
        text: expect.stringMatching(`^ERASE_NOT_OWNER: .* ${role} does not own the mart`),
      });
      expect(await query(pipeline.databaseUrl, 'SELECT FROM erasure.blocked_clients')).toEqual([]);
    } finally {
      await query(pipeline.databaseUrl, `DROP ROLE ${role}`);
      await empty.drop();
    }
  });

  it('is recognised in raw records of any form', async () => {
    const records: [record: string, client: string | null][] = [
      ['{"id":1,"client_id":77}', '77'],
      ['{"client_id":" +0077\t"}', '77'],
      ['{"client_id":77.0}', '77'],
      ['{"client_id":-9223372036854775808}', '-9223372036854775808'],
      ['{"client_id":9223372036854775807}', '9223372036854775807'],
      ['{"client_id":1,"client_id":"77"}', '77'],
      ['{"name":"\\u0000","client_id":"77"}', '77'],
      ['{"client_id": 77, "cha', '77'],
      ['"{\\"client_id\\":\\"77\\"}"', '77'],
      ['92,m-92,21,bulk,"77",email', '77'],
      ['{"client_id":7.7}', null],
      ['{"client_id":1e3}', null],
      ['{"client_id":9223372036854775808}', null],
      ['{"client_id":null}', null],
      ['{"client_id":{"a":1}}', null],
      ['{"id":77}', null],
      ['77', null],
      ['1,2,3', null],
      ['', null],
    ];
    const read = await query<{ client: string | null }>(
      pipeline.databaseUrl,
      'SELECT erasure.client_of(record) AS client FROM unnest($1::bytea[]) WITH ORDINALITY AS given (record, nth) ORDER BY nth',
      [[...records.map(([record]) => Buffer.from(record)), Buffer.from([0xff, ...Buffer.from('"client_id":77')])]],
    );
    expect(read.map(({ client }) => client)).toEqual([...records.map(([, client]) => client), '77']);
  });
});
