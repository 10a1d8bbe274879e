import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { query, withClient } from '../support/mart-database.js';
import { accessibilityProblems } from '../support/page/accessibility.js';
import { LivePage } from '../support/page/live-page.js';
import { PageStage } from '../support/page/page-stage.js';
import { TOKEN } from '../support/rest-gateway.js';

jest.setTimeout(300_000);

let stage: PageStage;
let opened: LivePage[] = [];

beforeAll(async () => {
  stage = await PageStage.start({ seed: 5 });
  await withClient(stage.database.url, (client) =>
    client.query(
      `UPDATE quarantined_messages SET key = '7', value = '{"id":"7","stream":"<script>"}', headers = '{}' WHERE "offset" = 1`,
    ),
  );
});

afterEach(async () => {
  await Promise.all(opened.map((live) => live.close()));
  opened = [];
});

afterAll(() => stage?.close());

async function open(path: string): Promise<LivePage> {
  const live = await stage.open(path);
  opened.push(live);
  return live;
}

async function giveToken(live: LivePage, token = TOKEN): Promise<void> {
  await live.page.getByLabel('Token').fill(token);
  await live.page.getByRole('button', { name: 'Use the token' }).click();
}

async function find(live: LivePage, text: string): Promise<void> {
  await live.page.getByLabel('Id, message_id').fill(text);
  await live.page.getByRole('button', { name: 'Find', exact: true }).click();
  await live.complete();
}

const asked = (live: LivePage, path: string) => live.requests.filter((address) => address.startsWith(path));

describe('Find', () => {
  it('asks for the token once, keeps it for the tab, and forgets it', async () => {
    const live = await open('find');
    expect(await live.sentence()).toContain('this needs the token');
    expect(await accessibilityProblems(live)).toEqual([]);

    await giveToken(live);
    await live.page.reload();
    await live.complete();
    await find(live, '7');
    expect(await live.sentence()).toContain('Message 7 is in the mart');
    expect(live.page.url()).toBe(`${live.base}find`);
    expect(await live.newComplaints()).toEqual([]);

    const other = await live.newTab('find');
    expect(await other.sentence()).toContain('this needs the token');
    await live.page.getByRole('button', { name: 'Forget the token' }).click();
    expect(await live.sentence()).toContain('this needs the token');
    const kept = await live.page.evaluate<string>('JSON.stringify([{ ...sessionStorage }, { ...localStorage }])');
    expect(kept).not.toContain(TOKEN);
  });

  it('says that a token is wrong, and takes the right one', async () => {
    const live = await open('find');
    await giveToken(live, 'a-wrong-token-of-the-tests');
    await find(live, '7');
    expect(await live.sentence()).toContain('does not accept this token');

    await giveToken(live);
    await live.complete();
    expect(await live.sentence()).toContain('Message 7 is in the mart');
  });

  it('says that the gateway has no token, and where to set it', async () => {
    const gateway = await stage.pipeline.start('gateway', { env: { GATEWAY_API_TOKEN: '' } });
    const live = await LivePage.open(stage.browser, gateway.url, 'find');
    opened.push(live);
    await giveToken(live);
    await find(live, '7');

    expect(await live.sentence()).toContain('the gateway has no token');
    expect(await live.main.innerText()).toContain('GATEWAY_API_TOKEN');
    await gateway.stop();
  });

  it('shows all columns of a message, and its rejected records with their bytes', async () => {
    const live = await open('find');
    await giveToken(live);
    await find(live, '7');

    const [row] = await query<Record<string, unknown>>(
      stage.database.url,
      'SELECT id::text, client_id::text, campaign_id::text, message_id, channel FROM messages WHERE id = 7',
    );
    const figures = await live.figures();
    expect(figures.filter(({ address }) => address === 'api/v1/messages/7')).toHaveLength(32);
    for (const [column, value] of Object.entries(row!)) {
      expect(figures.find((figure) => figure.column === column)?.value).toBe(value ?? '');
    }
    await live.page.getByRole('button', { name: 'Show the original bytes' }).click();
    await live.complete();
    expect(await live.page.getByLabel('Value').innerText()).toContain('{"id":"7","stream":"<script>"}');
    expect(await accessibilityProblems(live)).toEqual([]);
    expect(await live.newComplaints()).toEqual([]);
  });

  it('reads all messages only by a button, for each client again', async () => {
    const clients = await query<{ client_id: string; n: number }>(
      stage.database.url,
      'SELECT client_id::text, count(*)::integer AS n FROM messages GROUP BY client_id ORDER BY n DESC LIMIT 2',
    );
    const live = await open('find');
    await giveToken(live);
    for (const [i, { client_id, n }] of clients.entries()) {
      await find(live, client_id);
      expect(await live.sentence()).toContain(`No message in the mart has the id ${client_id}`);
      expect(asked(live, 'api/v1/messages?')).toHaveLength(i);
      await live.page.getByRole('button', { name: 'Find the messages of this client' }).click();
      await live.complete();
      expect(await live.page.locator('tbody tr').count()).toBe(Math.min(100, n));
    }
  });
});

describe('Quarantine', () => {
  it('lists what its address selects, as a link from Flow does', async () => {
    const [{ n }] = (await query(
      stage.database.url,
      `SELECT count(*)::integer AS n FROM quarantined_messages WHERE reasons @> '[{"reason": "not_a_time"}]'`,
    )) as [{ n: number }];
    const live = await open('quarantine?reason=not_a_time');

    expect(await live.page.locator('tbody tr').count()).toBe(Math.min(50, n));
    expect(await live.main.innerText()).toContain('Shown are records for not_a_time.');
    await live.visit('quarantine?reason=not_a_time&column=no_such_column');
    await live.page.getByRole('button', { name: 'Drop Column' }).click();
    await live.complete();
    expect(new URL(live.page.url()).search).toBe('?reason=not_a_time');
    expect(await live.newComplaints()).toEqual([]);
  });

  it('shows the bytes of one record with the token', async () => {
    const live = await open('quarantine?record=message_data:0:1');
    expect(asked(live, 'api/v1/quarantine/')).toEqual([]);
    await giveToken(live);
    await live.complete();

    expect(await live.page.getByLabel('Key').innerText()).toBe('7');
    expect(await accessibilityProblems(live)).toEqual([]);
    await live.page.getByRole('link', { name: 'Close the record' }).click();
    await live.complete();
    expect(live.page.url()).toBe(`${live.base}quarantine`);
  });
});

describe('Quality', () => {
  it('runs the checks that read all rows only by a button', async () => {
    const live = await open('quality');
    expect(asked(live, 'api/v1/quality?check=')).toEqual([]);

    await live.page.getByRole('button', { name: 'Check all messages' }).first().click();
    await live.complete();
    expect(asked(live, 'api/v1/quality?check=')).toEqual(['api/v1/quality?check=duplicate+message_id']);
    const [{ figure }] = (await query(
      stage.database.url,
      `SELECT figure::text FROM mart.data_quality WHERE check_name = 'duplicate message_id'`,
    )) as [{ figure: string }];
    const shown = (await live.figures()).filter(({ address }) => address?.endsWith('duplicate+message_id'));
    expect(shown.find(({ column }) => column === 'figure')?.value).toBe(figure);
  });
});
