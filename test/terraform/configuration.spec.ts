import { describe, expect, it, jest } from '@jest/globals';
import { join } from 'node:path';
import { findProjectRoot } from '../../dev/services/project.js';
import { terraform, testRuns } from '../support/terraform/terraform.js';

jest.setTimeout(120_000);

/** Not the copy, because other suites write files into it. */
const SOURCES = join(findProjectRoot(), 'deploy', 'terraform');

const runs = await testRuns();

it('is formatted', async () => {
  expect(await terraform('fmt', '-check', '-recursive', SOURCES)).toEqual({ code: 0, output: '' });
});

it('is valid', async () => {
  expect(JSON.parse((await terraform('validate', '-json')).output)).toMatchObject({ valid: true, diagnostics: [] });
});

describe('deploy/terraform/tests', () => {
  it.each(runs.map(({ file, run, ...result }) => [`${file}: ${run}`, result] as const))('%s', (_name, result) => {
    expect(result).toMatchObject({ status: 'pass', errors: [] });
  });
});
