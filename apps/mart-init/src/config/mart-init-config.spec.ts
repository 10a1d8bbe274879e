import { describe, expect, it } from '@jest/globals';
import { readMartInitConfig } from './mart-init-config.js';

const env = { DATABASE_URL: 'postgresql://user@host/messaging' };

describe('readMartInitConfig', () => {
  it('prefers the folder of the option to that of the environment', () => {
    const both = { ...env, MART_INIT_REFERENCE: '/from-environment' };
    expect(readMartInitConfig(['--reference', '/from-option'], both).MART_INIT_REFERENCE).toBe('/from-option');
    expect(readMartInitConfig([], both).MART_INIT_REFERENCE).toBe('/from-environment');
    expect(readMartInitConfig([], env).MART_INIT_REFERENCE).toBeUndefined();
  });

  it('has no statement timeout by default', () => {
    expect(readMartInitConfig([], env).DATABASE_STATEMENT_TIMEOUT_MS).toBe(0);
    expect(readMartInitConfig([], { ...env, DATABASE_STATEMENT_TIMEOUT_MS: '5' }).DATABASE_STATEMENT_TIMEOUT_MS).toBe(
      5,
    );
  });

  it('accepts passwords for the roles, and refuses short ones without showing them', () => {
    expect(readMartInitConfig([], env)).toMatchObject({
      MART_ANALYST_PASSWORD: undefined,
      MART_APP_PASSWORD: undefined,
    });
    const { MART_APP_PASSWORD: app } = readMartInitConfig([], { ...env, MART_APP_PASSWORD: 'long enough for it' });
    expect(app?.value).toBe('long enough for it');
    const read = () => readMartInitConfig([], { ...env, MART_ANALYST_PASSWORD: 'too-short' });
    expect(read).toThrow('MART_ANALYST_PASSWORD (value not shown): must have 12 characters or more');
  });

  it.each([
    ['an unknown option', ['--refrence', '/folder']],
    ['a stray argument', ['/folder']],
    ['an option without its folder', ['--reference']],
    ['an option with an empty folder', ['--reference', '']],
  ])('refuses %s and shows the usage', (_, args) => {
    expect(() => readMartInitConfig(args, env)).toThrow(/\nUsage: mart-init \[--reference DIR\]/);
  });
});
