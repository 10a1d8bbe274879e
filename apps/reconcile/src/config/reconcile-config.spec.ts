import { describe, expect, it } from '@jest/globals';
import { readReconcileConfig, readReconcileOptions } from './reconcile-config.js';

describe('readReconcileOptions', () => {
  it('reads files and options in any order', () => {
    expect(readReconcileOptions(['a.csv', '--strict', 'b*.csv.gz', '--json'])).toEqual({
      files: ['a.csv', 'b*.csv.gz'],
      strict: true,
      json: true,
      repair: false,
    });
  });

  it.each([
    [[], 'Name at least one file'],
    [['--strict'], 'Name at least one file'],
    [[''], 'A FILE is empty'],
    [['a.csv', '--fix'], "Unknown option '--fix'"],
    [['a.csv', '--json=yes'], '--json'],
  ])('refuses %j and shows the usage', (args, problem) => {
    expect(() => readReconcileOptions(args)).toThrow(problem);
    expect(() => readReconcileOptions(args)).toThrow('Usage: npm run reconcile');
  });
});

describe('readReconcileConfig', () => {
  const env = { DATABASE_URL: 'postgresql://a:b@localhost:5432/m', KAFKA_TOPIC: 'not a topic' };

  it('reads settings of Kafka only for a repair', () => {
    expect(readReconcileConfig(false, env).kafka).toBeUndefined();
    expect(() => readReconcileConfig(true, env)).toThrow('KAFKA_TOPIC');
    expect(readReconcileConfig(true, { ...env, KAFKA_TOPIC: 't' }).kafka?.KAFKA_TOPIC).toBe('t');
  });

  it('sets no limit to statements unless one is given', () => {
    expect(readReconcileConfig(false, env).database.DATABASE_STATEMENT_TIMEOUT_MS).toBe(0);
    const limited = readReconcileConfig(false, { ...env, DATABASE_STATEMENT_TIMEOUT_MS: '5000' });
    expect(limited.database.DATABASE_STATEMENT_TIMEOUT_MS).toBe(5000);
  });
});
