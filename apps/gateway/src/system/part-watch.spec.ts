import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Part, PartAnswer, PartState } from './part.js';
import { PartWatch } from './part-watch.js';

interface Question {
  answer(answer: PartAnswer): void;
  fail(error: Error): void;
}

let questions: Question[];
let changes: PartState[];
let watch: PartWatch;

const part: Part = {
  name: 'mart',
  remedy: 'look at it',
  ask: () => new Promise((answer, fail) => questions.push({ answer, fail })),
};

beforeEach(() => {
  jest.useFakeTimers();
  questions = [];
  changes = [];
  watch = new PartWatch(part, (state) => changes.push(state));
  watch.start();
});

afterEach(async () => {
  questions.at(-1)?.answer({ status: 'up' });
  await watch.stop();
  jest.useRealTimers();
});

const after = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);

describe('PartWatch', () => {
  it('remembers the answer and asks again a second later', async () => {
    expect(watch.state).toMatchObject({
      name: 'mart',
      status: 'down',
      message: 'not asked yet',
      answeredAt: undefined,
    });
    questions[0]!.answer({ status: 'up', figures: { rows: 1 } });
    await after(0);

    expect(watch.state).toMatchObject({
      status: 'up',
      figures: { rows: 1 },
      since: new Date(),
      answeredAt: new Date(),
    });
    await after(999);
    expect(questions).toHaveLength(1);
    await after(1);
    expect(questions).toHaveLength(2);
  });

  it('says that a part is silent while the question is out, and has never two questions out', async () => {
    questions[0]!.answer({ status: 'up', figures: { rows: 1 } });
    await after(1000);
    await after(1499);
    expect(watch.state.status).toBe('up');
    await after(1);

    const late = { status: 'degraded', message: 'no answer for 1.5 s', action: 'look at it', figures: { rows: 1 } };
    expect(changes.at(-1)).toMatchObject(late);
    await after(1500);
    expect(changes.at(-1)).toMatchObject({ status: 'down', message: 'no answer for 3.0 s', action: 'look at it' });
    expect(changes.at(-1)).not.toHaveProperty('figures');
    const since = new Date();
    await after(60_000);
    expect(questions).toHaveLength(2);
    expect(watch.state).toMatchObject({ status: 'down', message: 'no answer for 63.0 s', since });

    questions[1]!.answer({ status: 'up' });
    await after(0);
    expect(watch.state).toMatchObject({ status: 'up', since: new Date() });
  });

  it('takes one late answer for chance, and says that two in a row are slow', async () => {
    await after(1400);
    questions[0]!.answer({ status: 'up' });
    await after(0);
    expect(changes.map(({ status }) => status)).toEqual(['up']);
    await after(4200);
    await after(1400);
    questions[1]!.answer({ status: 'up' });
    await after(0);

    expect(watch.state).toMatchObject({ status: 'degraded', message: 'its answers take long, the last 1.4 s' });
    await after(4200);
    await after(900);
    questions[2]!.answer({ status: 'up' });
    await after(0);
    expect(watch.state.status).toBe('up');
  });

  it('takes a question that fails for degraded, and asks again soon; for down after three seconds of failures', async () => {
    questions[0]!.answer({ status: 'up' });
    await after(1000);
    questions[1]!.fail(new Error('timed out'));
    await after(0);
    expect(watch.state).toMatchObject({ status: 'degraded', message: 'timed out', action: 'look at it' });
    await after(500);
    questions[2]!.answer({ status: 'up' });
    await after(0);
    expect(watch.state.status).toBe('up');

    await after(1000);
    for (let failed = 3; failed < 8; failed++) {
      questions[failed]!.fail(new Error('timed out'));
      await after(500);
    }
    expect(watch.state.status).toBe('degraded');
    questions[8]!.fail(new Error('timed out'));
    await after(500);
    expect(watch.state).toMatchObject({ status: 'down', message: 'timed out' });
  });

  it('asks a part that is slow to answer less often', async () => {
    await after(800);
    questions[0]!.answer({ status: 'up' });
    await after(2399);
    expect(questions).toHaveLength(1);
    await after(1);
    expect(questions).toHaveLength(2);
  });

  it('keeps since when the status is what it is', async () => {
    questions[0]!.answer({ status: 'degraded', message: 'one' });
    await after(0);
    const since = new Date();
    await after(1000);
    questions[1]!.answer({ status: 'degraded', message: 'two' });
    await after(0);

    expect(watch.state).toMatchObject({ status: 'degraded', message: 'two', since });
  });

  it('takes a part that has never answered for down, and says what to do', async () => {
    questions[0]!.fail(new Error('connect ECONNREFUSED'));
    await after(0);

    expect(watch.state).toMatchObject({ status: 'down', message: 'connect ECONNREFUSED', action: 'look at it' });
  });
});
