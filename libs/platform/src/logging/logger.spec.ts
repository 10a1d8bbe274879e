import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createLogger } from './logger.js';

/** Captures what the logger writes to stdout and stderr while `act` runs. */
function captured(act: () => void): string {
  let text = '';
  const collect = (chunk: unknown) => {
    text += String(chunk);
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(collect);
  jest.spyOn(process.stderr, 'write').mockImplementation(collect);
  act();
  return text;
}

describe('createLogger', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('writes one JSON object per line, with the service and structured details', () => {
    const logger = createLogger({ LOG_LEVEL: 'info', LOG_FORMAT: 'json' }, 'producer');

    const text = captured(() => logger.warn('slow', { seconds: 3 }, 'Kafka'));

    expect(text.endsWith('\n')).toBe(true);
    expect(JSON.parse(text)).toMatchObject({
      level: 'warn',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      service: 'producer',
      message: 'slow',
      context: 'Kafka',
      seconds: 3,
    });
  });

  it('writes text', () => {
    const logger = createLogger({ LOG_LEVEL: 'info', LOG_FORMAT: 'text' }, 'producer');

    expect(captured(() => logger.log('started', 'App'))).toMatch(
      /^\[producer\] \d+ {2}- \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z {4}INFO \[App\] started\n$/,
    );
  });

  it.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
  ] as const)('at level %s writes %j', (level, expected) => {
    const logger = createLogger({ LOG_LEVEL: level, LOG_FORMAT: 'json' }, 'x');

    const text = captured(() => {
      for (const method of ['debug', 'log', 'warn', 'error'] as const) logger[method]('m');
    });

    const levels = text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { level: string }).level);
    expect(levels).toEqual(expected);
  });

  it('names the severity for the collector of Google Cloud', () => {
    const severities = (['json', 'google'] as const).map((LOG_FORMAT) => {
      const logger = createLogger({ LOG_LEVEL: 'debug', LOG_FORMAT }, 'x');
      const text = captured(() => {
        for (const method of ['debug', 'log', 'warn', 'error', 'fatal'] as const) logger[method]('m');
      });
      return text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { severity?: string }).severity);
    });
    expect(severities).toEqual([Array(5).fill(undefined), ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL']]);
  });

  it("logs Nest's wiring at debug level", () => {
    const logger = createLogger({ LOG_LEVEL: 'info', LOG_FORMAT: 'json' }, 'x');

    expect(captured(() => logger.log('AppModule dependencies initialized', 'InstanceLoader'))).toBe('');
  });
});
