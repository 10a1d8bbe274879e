import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Answers, shows } from '../support/page/answers.js';
import type { LivePage, ShownFigure } from '../support/page/live-page.js';
import { PageStage } from '../support/page/page-stage.js';
import { EVERY_PAGE } from '../support/page/pages.js';
import { numbers, recordOf } from '../support/records.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(300_000);

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

    await waitUntil('the figures are those of all rows', async () => {
      const differences = [
        ...answers.differencesOf(await live.figures()),
        ...(await answers.differencesFromSql(stage.gateway.url, stage.analyst.url)),
      ];
      if (differences.length > 0) throw new Error(differences.join('\n'));
      return JSON.stringify([...answers.rows]) !== before;
    });
  });
});
