import { fileURLToPath } from 'node:url';
import { describe, expect, it, jest } from '@jest/globals';
import { alertTestFiles } from '../support/alert-rules.js';
import { promtool } from '../support/programs.js';

// promtool computes minutes of many series, for seconds of CPU.
jest.setTimeout(120_000);

const path = (file: string) => fileURLToPath(new URL(`../../observability/prometheus/${file}`, import.meta.url));

describe('promtool', () => {
  it.each([
    ['check', 'config', 'prometheus.yml'],
    ['check', 'rules', 'alerts.yml'],
    ...alertTestFiles.map((file) => ['test', 'rules', file] as const),
  ])('%s %s %s', async (verb, what, file) => {
    const { code, text } = await promtool([verb, what, path(file)]);
    expect([code, text]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });
});
