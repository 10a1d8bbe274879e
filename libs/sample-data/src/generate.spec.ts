import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseCsv } from './csv.js';
import { generate, type GeneratorSummary } from './generate.js';
import { COLUMNS, HEADER } from './message.js';
import { type GeneratorOptions } from './options.js';

let folder: string;
let runs = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generator-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

interface Made {
  summary: GeneratorSummary;
  text: string;
  /** Data rows, split at commas, which is correct for rows without dirt. */
  rows: string[][];
}

async function make(options: Omit<GeneratorOptions, 'out'>): Promise<Made> {
  const summary = await generate({ out: join(folder, `${runs++}`), ...options });
  const text = await readFile(summary.files.messages, 'utf8');
  return {
    summary,
    text,
    rows: text
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')),
  };
}

const column = (name: (typeof COLUMNS)[number]) => COLUMNS.indexOf(name);
const field = (row: readonly string[], name: (typeof COLUMNS)[number]) => row[column(name)]!;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('generate', () => {
  it('writes the same bytes for the same seed, on every machine and in every version of Node', async () => {
    const { text, summary } = await make({ rows: 2000, seed: 7, dirty: 0.1, duplicates: 0.1 });
    const others = [
      summary.files.campaigns,
      summary.files.firstPurchases,
      summary.files.holidays,
      summary.files.expected,
    ];
    const texts = [text, ...(await Promise.all(others.map((path) => readFile(path, 'utf8'))))];
    // A change here changes every generated file, and with it the rows of the benchmarks.
    expect(sha256(texts.join('\n---\n'))).toBe('ace9665b3a0cf8202716317b5b7d2dea9cc15e4aa1769708b33ee05dbd0909b3');
  });

  it('writes other bytes for another seed', async () => {
    const [one, other] = [await make({ rows: 50, seed: 1 }), await make({ rows: 50, seed: 2 })];
    expect(one.text).not.toBe(other.text);
  });

  it.each([1, 2, 37])('makes %i rows', async (count) => {
    const { rows, text, summary } = await make({ rows: count });
    expect(text.startsWith(`${HEADER}\n`)).toBe(true);
    expect(rows).toHaveLength(count);
    expect(summary).toMatchObject({ rows: count, messages: count, lines: count + 1, bytes: text.length });
  });

  it('writes the same text as a .gz file instead of the plain one', async () => {
    const out = join(folder, 'gzip');
    const plain = await readFile((await generate({ out, rows: 300 })).files.messages, 'utf8');
    const { files } = await generate({ out, rows: 300, gzip: true });
    expect(gunzipSync(await readFile(files.messages)).toString()).toBe(plain);
    expect((await readdir(out)).sort()).toEqual([
      'campaigns.csv',
      'client_first_purchase_date.csv',
      'expected.jsonl',
      'holidays.csv',
      'messages.csv.gz',
    ]);
  });

  it('reports its progress up to the last row', async () => {
    const seen: number[] = [];
    await generate({ out: join(folder, 'progress'), rows: 5000 }, ({ rows, totalRows }) => {
      expect(totalRows).toBe(5000);
      seen.push(rows);
    });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual([...seen].sort((one, other) => one - other));
    expect(seen[seen.length - 1]).toBe(5000);
  });

  it('stays within the requested days', async () => {
    const { rows } = await make({ rows: 500, from: '2022-03-01', to: '2022-03-03' });
    const days = new Set(rows.map((row) => field(row, 'date')));
    expect([...days].sort().filter(Boolean)).toEqual(['2022-03-01', '2022-03-02', '2022-03-03']);
  });

  it('reports a folder that cannot be created', async () => {
    const path = join(folder, 'a-file');
    await writeFile(path, '');
    await expect(generate({ out: path, rows: 1 })).rejects.toMatchObject({ code: 'CANNOT_WRITE' });
  });
});

describe('the rows', () => {
  let made: Made;

  beforeAll(async () => {
    made = await make({ rows: 20_000 });
  });

  it('have unique ids that increase with gaps, and unique message ids of all forms', () => {
    const ids = made.rows.map((row) => Number(field(row, 'id')));
    expect(ids[0]).toBe(3_527_358);
    expect(ids.every((id, index) => index === 0 || id > ids[index - 1]!)).toBe(true);
    expect(ids[ids.length - 1]! - ids[0]!).toBeGreaterThan(made.rows.length);

    const forms = made.rows.map((row) => {
      const [client, campaign] = [field(row, 'client_id'), field(row, 'campaign_id')];
      const id = field(row, 'message_id');
      if (/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) return 'uuid';
      if (new RegExp(`^${client}-[0-9a-f]{13}$`).test(id)) return 'client';
      return new RegExp(`^${client}-${campaign}-(em-|mp-|)(?:[0-9a-f]{8}|[0-9a-f]{13})$`).exec(id)?.[1] ?? id;
    });
    expect(new Set(forms)).toEqual(new Set(['uuid', 'client', '', 'em-', 'mp-']));
    expect(new Set(made.rows.map((row) => field(row, 'message_id'))).size).toBe(made.rows.length);
  });

  it('have 19-digit client ids and a skewed number of messages per client', () => {
    const messages = new Map<string, number>();
    for (const row of made.rows)
      messages.set(field(row, 'client_id'), (messages.get(field(row, 'client_id')) ?? 0) + 1);
    expect([...messages.keys()].filter((client) => !/^1515915625\d{9}$/.test(client))).toEqual([]);
    const counts = [...messages.values()].sort((one, other) => one - other);
    const mean = made.rows.length / counts.length;
    expect(mean).toBeGreaterThan(25);
    expect(mean).toBeLessThan(45);
    expect(counts[Math.floor(counts.length / 2)]).toBeLessThan(mean * 0.6);
    expect(counts[counts.length - 1]).toBeGreaterThan(mean * 10);
  });

  it('have about the known shares of types, channels, events and providers', () => {
    const share = (holds: (row: string[]) => boolean) => made.rows.filter(holds).length / made.rows.length;
    const near = (actual: number, expected: number) => {
      // Six standard deviations.
      expect(Math.abs(actual - expected)).toBeLessThan(6 * Math.sqrt((expected * (1 - expected)) / made.rows.length));
    };
    near(
      share((row) => field(row, 'message_type') === 'bulk'),
      0.7062,
    );
    near(
      share((row) => field(row, 'message_type') === 'transactional'),
      0.0799,
    );
    near(
      share((row) => field(row, 'channel') === 'email'),
      0.5771,
    );
    near(
      share((row) => field(row, 'is_opened') === 't'),
      0.1614,
    );
    near(
      share((row) => field(row, 'is_clicked') === 't'),
      0.0235,
    );
    near(
      share((row) => field(row, 'is_unsubscribed') === 't'),
      0.0303,
    );
    near(
      share((row) => field(row, 'platform') === ''),
      0.926,
    );
    near(
      share((row) => field(row, 'email_provider') === ''),
      0.423,
    );
    const mails = share((row) => field(row, 'channel') === 'email');
    expect(share((row) => field(row, 'email_provider') === 'mail.ru') / mails).toBeCloseTo(0.505, 1);
    expect(share((row) => field(row, 'email_provider') === 'private')).toBeGreaterThan(0);
  });

  it('are consistent like the real rows', () => {
    const flags: [number, number][] = COLUMNS.flatMap((name, index) =>
      name.startsWith('is_') ? [[index, index + 1]] : [],
    );
    const [openedFirst, clickedFirst] = [column('opened_first_time_at'), column('clicked_first_time_at')];
    const holds = (row: string[]) =>
      row.length === 32 &&
      flags.every(([flag, time]) => row[flag] === (row[time] === '' ? 'f' : 't')) &&
      [openedFirst, clickedFirst].every((first) => row[first + 1]! >= row[first]!) &&
      field(row, 'sent_at').slice(0, 10) === field(row, 'date') &&
      (field(row, 'platform') === '' || field(row, 'is_opened') === 't') &&
      field(row, 'category') === '' &&
      (field(row, 'email_provider') !== '') === (field(row, 'channel') === 'email') &&
      field(row, 'updated_at') > field(row, 'created_at') &&
      field(row, 'created_at') >= '2023-04-27' &&
      field(row, 'updated_at') < '2023-05-19' &&
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{0,5}[1-9])?$/.test(field(row, 'created_at'));
    expect(made.rows.filter((row) => !holds(row))).toEqual([]);
  });

  it('have the oddities of the real rows', () => {
    const some = (holds: (row: string[]) => boolean) => expect(made.rows.some(holds)).toBe(true);
    some((row) => field(row, 'sent_at') === '');
    some((row) => field(row, 'is_clicked') === 't' && field(row, 'is_opened') === 'f');
    some((row) => field(row, 'is_purchased') === 't' && field(row, 'is_opened') === 'f');
    some((row) => field(row, 'is_opened') === 't' && field(row, 'opened_first_time_at') < field(row, 'sent_at'));
    const sent = made.rows.map((row) => field(row, 'sent_at'));
    expect(sent).not.toEqual([...sent].sort());
    const created = made.rows.map((row) => field(row, 'created_at'));
    expect(created).toEqual([...created].sort());
  });

  it('belong to campaigns like the real ones', async () => {
    const [header, ...campaigns] = parseCsv(await readFile(made.summary.files.campaigns, 'utf8'));
    expect(header).toHaveLength(19);
    expect(campaigns).toHaveLength(1907);
    const keys = new Set(campaigns.map(([id, type]) => `${id} ${type}`));
    expect(keys.size).toBe(1907);
    expect(new Set(campaigns.map(([id]) => id)).size).toBe(1900);
    const orphans = made.rows.filter((row) => !keys.has(`${field(row, 'campaign_id')} ${field(row, 'message_type')}`));
    expect(orphans).toEqual([]);
  });

  it('come with holidays and first purchases like the real ones', async () => {
    const holidays = (await readFile(made.summary.files.holidays, 'utf8')).split('\n').slice(1);
    expect(holidays).toHaveLength(48);
    expect(new Set(holidays.map((line) => line.slice(0, 10))).size).toBe(47);
    const purchases = (await readFile(made.summary.files.firstPurchases, 'utf8')).trimEnd().split('\n');
    expect(purchases.shift()).toBe('client_id,first_purchase_date');
    expect(purchases).toHaveLength(made.summary.firstPurchases);
    for (const line of purchases) expect(line).toMatch(/^1515915625\d{9},\d{4}-\d\d-\d\d$/);
    expect(purchases.every((line) => line.slice(20) >= '2021-12-15')).toBe(true);
  });
});

describe('--duplicates', () => {
  it('repeats rows and adds older and newer versions, out of order and far apart', async () => {
    const { rows, summary } = await make({ rows: 20_000, duplicates: 0.2 });
    expect(rows).toHaveLength(20_000);
    expect(summary).toMatchObject({ rows: 20_000, duplicates: 4000, messages: 16_000 });

    const versions = new Map<string, { row: string; at: number; updated: string }[]>();
    rows.forEach((row, at) => {
      const known = versions.get(row[0]!) ?? [];
      versions.set(row[0]!, [...known, { row: row.join(), at, updated: field(row, 'updated_at') }]);
    });
    expect(versions.size).toBe(16_000);

    const seen = new Set<string>();
    const wrong: string[] = [];
    const withoutVersion = (row: string) => row.slice(0, row.lastIndexOf(','));
    for (const rowsOfId of versions.values()) {
      if (rowsOfId.length > 2) seen.add('more than two');
      const newest = rowsOfId.reduce((one, other) => (other.updated > one.updated ? other : one));
      const texts = new Map<string, string>();
      for (const { row, at, updated } of rowsOfId) {
        // With a tie between different rows, it would be undefined which one the mart keeps.
        if ((texts.get(updated) ?? row) !== row) wrong.push(`tie: ${row}`);
        texts.set(updated, row);
        if (updated !== newest.updated && withoutVersion(row) === withoutVersion(newest.row))
          wrong.push(`same: ${row}`);
        if (at === newest.at) continue;
        seen.add(updated === newest.updated ? 'same' : at > newest.at ? 'older comes later' : 'newer comes later');
        const distance = Math.abs(at - newest.at);
        seen.add(distance > 5000 ? 'far' : distance <= 30 ? 'near' : 'between');
      }
    }
    expect(wrong).toEqual([]);
    expect(seen).toEqual(
      new Set(['same', 'older comes later', 'newer comes later', 'more than two', 'far', 'near', 'between']),
    );
  });

  it('does not change the newest versions', async () => {
    const clean = await make({ rows: 400 });
    const repeated = await make({ rows: 800, duplicates: 0.5 });
    const newest = new Map<string, string[]>();
    for (const row of repeated.rows) {
      const known = newest.get(row[0]!);
      if (!known || field(row, 'updated_at') > field(known, 'updated_at')) newest.set(row[0]!, row);
    }
    const byId = [...newest.values()].sort((one, other) => Number(one[0]) - Number(other[0]));
    expect(byId).toEqual(clean.rows);
  });
});

describe('--dirty', () => {
  it('lists the altered rows, and no others, by physical line', async () => {
    const { text, summary } = await make({ rows: 4000, dirty: 0.2, duplicates: 0.1 });
    const expected = (await readFile(summary.files.expected, 'utf8')).trimEnd().split('\n');
    const lines = expected.map((line) => JSON.parse(line) as { line: number; reasons?: unknown[]; row?: object });
    expect(lines).toHaveLength(800);
    expect(lines.filter(({ reasons }) => reasons)).toHaveLength(summary.dirty.bad);
    expect(lines.filter(({ row }) => row)).toHaveLength(summary.dirty.repaired + summary.dirty.odd);

    const altered = new Set(lines.map(({ line }) => line));
    expect(altered.size).toBe(800);
    const clean =
      /^\d+,[0-9a-fmp-]+,\d+,[a-z]+,\d{19},[a-z_]+,,[a-z]*,[a-z.]*,[a-z]+,([^,"]*,){20}[\d .:-]+,[\d .:-]+$/;
    const wrong: string[] = [];
    let inQuotes = false;
    const ids = new Set<string>();
    text
      .trimEnd()
      .split('\n')
      .forEach((line, index) => {
        if (index === 0) return;
        const continues = inQuotes;
        const unparsable = line.includes('ab"c') || line.includes('"ab"c');
        if (!unparsable && (line.match(/"/g) ?? []).length % 2 === 1) inQuotes = !inQuotes;
        if (continues || altered.has(index + 1)) return;
        if (!clean.test(line)) wrong.push(line);
        ids.add(line.slice(0, line.indexOf(',')));
      });
    expect(summary.lines).toBe(text.trimEnd().split('\n').length);
    expect(wrong).toEqual([]);
    expect(ids.size + summary.dirty.repaired + summary.dirty.odd).toBe(summary.messages);
  });

  it('writes no expectations if it is not given', async () => {
    const { summary } = await make({ rows: 10 });
    expect(await readFile(summary.files.expected, 'utf8')).toBe('');
  });
});

describe('--like', () => {
  const HEADER_LINE =
    'campaign_key,campaign_id,campaign_type,campaign_channel,message_channel,topic,date,is_holiday,holiday_name,' +
    'total_messages_sent,total_opens,total_clicks,total_unsubscribes,total_bounces,total_purchases';
  const CELLS = [
    '7_bulk,7,bulk,email,email,"sale, out",2021-05-02,0,Regular Day,900,150,30,4,9,2',
    '7_transactional,7,transactional,email,email,order created,2021-05-01,1,Labour Day,77,40,12,0,1,3',
    '7_transactional,7,transactional,email,email,order created,2021-05-02,0,Regular Day,23,11,1,0,0,1',
    '9_trigger,9,trigger,multichannel,email,abandoned cart,2021-05-09,0,Regular Day,300,51,15,2,4,1',
    '9_trigger,9,trigger,multichannel,web_push,abandoned cart,2021-05-09,0,Regular Day,5,1,0,0,0,0',
    '12_bulk,12,bulk,mobile_push,mobile_push,,2021-05-03,0,Regular Day,1500,180,2,100,0,0',
  ];
  let aggregate: string;

  beforeAll(async () => {
    aggregate = join(folder, 'aggregate.csv');
    await writeFile(aggregate, [HEADER_LINE, ...CELLS].join('\n'));
  });

  /** Joins a file's messages with its campaigns and holidays as an analyst would, in the form of the aggregate. */
  async function aggregateOf({ rows, summary }: Made): Promise<string[]> {
    const campaigns = new Map(
      parseCsv(await readFile(summary.files.campaigns, 'utf8')).map(([id, type, channel, topic]) => [
        `${id}_${type}`,
        `${id},${type},${channel},CHANNEL,${topic!.includes(',') ? `"${topic}"` : topic}`,
      ]),
    );
    const holidays = parseCsv(await readFile(summary.files.holidays, 'utf8'));
    const cells = new Map<string, number[]>();
    for (const row of rows) {
      const key = `${field(row, 'campaign_id')}_${field(row, 'message_type')}`;
      const names = holidays.filter(([date]) => date === field(row, 'date'));
      expect(names.length).toBeLessThan(2);
      const holiday = names.length > 0 ? `1,${names[0]![1]}` : '0,Regular Day';
      const campaign = campaigns.get(key)!.replace('CHANNEL', field(row, 'channel'));
      const cell = `${key},${campaign},${field(row, 'date')},${holiday}`;
      const bounced = field(row, 'is_hard_bounced') === 't' || field(row, 'is_soft_bounced') === 't';
      const events = [
        field(row, 'is_opened') === 't',
        field(row, 'is_clicked') === 't',
        field(row, 'is_unsubscribed') === 't',
        bounced,
        field(row, 'is_purchased') === 't',
      ];
      const counts = cells.get(cell) ?? [0, 0, 0, 0, 0, 0];
      cells.set(cell, [counts[0]! + 1, ...events.map((event, index) => counts[index + 1]! + Number(event))]);
    }
    return [...cells].map(([cell, counts]) => `${cell},${counts.join()}`);
  }

  it('has exactly the counts, campaigns and holidays of the aggregate', async () => {
    const made = await make({ like: aggregate });
    expect(made.summary).toMatchObject({ rows: 2805, campaigns: 4 });
    expect((await aggregateOf(made)).sort()).toEqual([...CELLS].sort());
  });

  it('has them in the newest versions if rows are repeated', async () => {
    const made = await make({ like: aggregate, duplicates: 0.5, rows: 5610 });
    const newest = new Map<string, string[]>();
    for (const row of made.rows) {
      const known = newest.get(row[0]!);
      if (!known || field(row, 'updated_at') > field(known, 'updated_at')) newest.set(row[0]!, row);
    }
    expect((await aggregateOf({ ...made, rows: [...newest.values()] })).sort()).toEqual([...CELLS].sort());
  });

  it('scales the counts down by largest remainder', async () => {
    const made = await make({ like: aggregate, rows: 100 });
    // Quotas of sent: 32.09, 2.75, 0.82, 10.70, 0.18, 53.48; of opens (15 of 433): 5.20, 1.39, 0.38, 1.77, 0.03, 6.24.
    expect((await aggregateOf(made)).map((cell) => cell.split(',').slice(-6, -4).join()).sort()).toEqual(
      ['32,5', '3,2', '1,0', '11,2', '53,6'].sort(),
    );
  });

  it('rejects more rows than the aggregate has', async () => {
    await expect(make({ like: aggregate, rows: 2806 })).rejects.toMatchObject({ code: 'BAD_OPTION' });
  });

  it('reports an aggregate that it cannot read', async () => {
    await expect(make({ like: join(folder, 'absent') })).rejects.toMatchObject({ code: 'UNREADABLE_AGGREGATE' });
  });
});
