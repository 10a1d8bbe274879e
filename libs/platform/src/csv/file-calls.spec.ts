import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FileCalls } from './file-calls.js';

const never = (): Promise<never> => new Promise(() => undefined);

let calls: FileCalls;
let news: string[];

beforeEach(() => {
  calls = new FileCalls(5);
  news = [];
  calls.onReport = (line) => news.push(line);
});

describe('FileCalls', () => {
  it('returns the result of a call, and reports nothing if it is in time', async () => {
    expect(await calls.run('m.csv', () => Promise.resolve(1))).toBe(1);
    await expect(calls.run('m.csv', () => Promise.reject(new Error('EIO')))).rejects.toThrow('EIO');
    expect(news).toEqual([]);
    expect(calls.health()).toEqual({ up: true });
  });

  it('reports a silent file, and when it answers again', async () => {
    let answer: (value: string) => void = () => undefined;
    const answered = calls.run('m.csv', () => new Promise<string>((resolve) => (answer = resolve)));
    await sleep(20);
    expect(news).toEqual([expect.stringMatching(/^m\.csv has not answered for \d+ s/)]);
    expect(calls.health()).toMatchObject({ up: false, detail: expect.stringContaining('m.csv') });
    answer('late');
    expect(await answered).toBe('late');
    await sleep(0);
    expect(news[1]).toMatch(/^m\.csv answers again/);
    expect(calls.health()).toEqual({ up: true });
  });

  it('rejects silent and later calls at shutdown', async () => {
    const waiting = calls.run('m.csv', never);
    await sleep(20);
    calls.end();
    await expect(waiting).rejects.toThrow('m.csv did not answer');
    await expect(calls.run('n.csv', () => Promise.resolve(1))).rejects.toThrow('n.csv did not answer');
  });

  it('gives calls that are not silent yet time to finish', async () => {
    calls = new FileCalls();
    const soon = calls.run('m.csv', () => sleep(5, 'soon'));
    const late = calls.run('n.csv', never);
    calls.end(20);
    expect(await soon).toBe('soon');
    await expect(late).rejects.toThrow('n.csv did not answer');
  });
});
