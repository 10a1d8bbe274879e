import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { REFRESH_MS, TOO_SOON_MS } from '../../apps/page/src/api/refresh-times.js';
import { Answers, shows } from '../support/page/answers.js';
import type { LivePage, ShownFigure } from '../support/page/live-page.js';
import { PageStage } from '../support/page/page-stage.js';
import { EVERY_PAGE } from '../support/page/pages.js';
import { numbers, recordOf } from '../support/records.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(300_000);

/** An address is read twice after a change if the first answer may come from the gateway's cache. */
const REFRESHED_WITHIN_MS = 2 * (REFRESH_MS + TOO_SOON_MS) + 20_000;

let stage: PageStage;
let live: LivePage;
let answers: Answers;

beforeAll(async () => {
  stage = await PageStage.start({ messages: 1500, seed: 4 });
  live = await stage.open();
  answers = new Answers(live);
});

afterAll(() => stage?.close());

describe.each(EVERY_PAGE)('the figures of ./$name', ({ name, path }) => {
  let figures: ShownFigure[];

  beforeAll(async () => {
    answers.rows.clear();
    await live.visit(path);
    figures = await live.figures();
  });

  it('come from answers that equal what SQL gives an analyst', async () => {
    expect(await answers.differencesFromSql(stage.gateway.url, stage.analyst.url)).toEqual([]);
  });

  it('are the values of the answers, and are shown as they are', () => {
    expect(answers.differencesOf(figures)).toEqual([]);
    expect(figures.filter((figure) => !shows(figure))).toEqual([]);
    if (!['', 'find'].includes(name)) expect(figures.length).toBeGreaterThan(0);
  });
});

describe('figures while rows stream in', () => {
  /** Whether all figures are of answers, and all answers are those of the mart as it is now. */
  async function agrees(shown: LivePage, read: Answers): Promise<true> {
    const differences = [
      ...read.differencesOf(await shown.figures()),
      ...(await read.differencesFromSql(stage.gateway.url, stage.analyst.url)),
    ];
    if (differences.length > 0) throw new Error(differences.join('\n'));
    return true;
  }

  it('are those of one answer, and soon those of all rows', async () => {
    answers.rows.clear();
    await live.visit('funnel');
    const before = JSON.stringify([...answers.rows]);
    for (let part = 0; part < 3; part++) {
      await stage.pipeline.send(numbers(100).map((i) => recordOf(5_000_000 + part * 100 + i)));
      await waitUntil(
        'all figures are of one answer',
        async () => answers.differencesOf(await live.figures()).length === 0,
      );
    }
    await stage.pipeline.caughtUp();

    await waitUntil('the figures are those of all rows', () => agrees(live, answers), REFRESHED_WITHIN_MS);
    expect(JSON.stringify([...answers.rows])).not.toBe(before);
  });

  it('are soon those of all rows on a page that is opened after the last row, and answered from the cache', async () => {
    const other = await live.newTab();
    const read = new Answers(other);
    await live.visit('funnel'); // fills the cache of the gateway
    await stage.pipeline.send([recordOf(6_000_000)]);
    await stage.pipeline.caughtUp();
    await other.visit('funnel');

    await waitUntil('the figures are those of all rows', () => agrees(other, read), REFRESHED_WITHIN_MS);
  });
});
