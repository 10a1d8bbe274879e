import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { beginTransaction, sessionSettingsJson, singleStatement } from './session-settings.js';

describe('SESSION_SETTINGS', () => {
  it('equal session-settings.json; if not, run `npm run docs`', () => {
    const file = new URL('../../session-settings.json', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(sessionSettingsJson());
  });

  it('can be extended and replaced by those of a pool', () => {
    const sql = beginTransaction({ readOnly: true, settings: { statement_timeout: '7', work_mem: '64MB' } });

    expect(sql).toMatch(/^BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY, NOT DEFERRABLE; /);
    expect(sql).toContain("('statement_timeout', '7')");
    expect(sql).toContain("('work_mem', '64MB')");
    expect(sql).not.toContain("('statement_timeout', '0')");
  });

  it('precede a single statement', () => {
    expect(singleStatement('SELECT 1')).toMatch(/^SET TRANSACTION .* READ WRITE, .*'DateStyle'.*; SELECT 1$/s);
  });
});
