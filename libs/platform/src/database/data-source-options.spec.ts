import { describe, expect, it } from '@jest/globals';
import { databaseShape } from '../config/database-config.js';
import { readEnv } from '../config/env.js';
import { dataSourceOptions } from './data-source-options.js';

function optionsFor(env: Record<string, string>) {
  const options = dataSourceOptions(readEnv(databaseShape, env), { applicationName: 'consumer' });
  if (options.type !== 'postgres') throw new Error('not PostgreSQL');
  const extra = options.extra as Record<string, unknown>;
  return { ...options, extra, url: new URL(options.url ?? '') };
}

describe('dataSourceOptions', () => {
  it('never changes the schema', () => {
    expect(optionsFor({ DATABASE_URL: 'postgresql://u@h/m' })).toMatchObject({
      synchronize: false,
      installExtensions: false,
    });
  });

  it('does not add settings to the URL, because poolers refuse them in the startup message', () => {
    const text = 'postgresql://u:p%40@h:5/m?sslmode=require&options=-c%20search_path%3Dmart';
    const { url, extra } = optionsFor({ DATABASE_URL: text });

    expect(url.href).toBe(text);
    expect(extra).not.toHaveProperty('options');
    expect(extra).not.toHaveProperty('statement_timeout');
  });

  it.each([
    ['1000', 1000, 6000],
    ['0', 0, 0],
  ])('with a statement timeout of %s ms waits %i ms at the server, %i ms here', (timeout, server, client) => {
    const { extra } = optionsFor({ DATABASE_URL: 'postgresql://u@h/m', DATABASE_STATEMENT_TIMEOUT_MS: timeout });

    expect(extra).toMatchObject({
      session: { settings: { statement_timeout: String(server) } },
      query_timeout: client,
    });
  });
});
