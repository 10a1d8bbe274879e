import { z } from 'zod';
import { port, type ConfigOf } from './env.js';

/** Variables of every app: where its probes and metrics listen, and how it logs. */
export const httpShape = {
  PORT: port().default(3000),
  HOST: z.string().default('0.0.0.0'),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], { error: 'must be debug, info, warn or error' })
    .default('info'),
  /** auto: text on a terminal, otherwise json. google: json with the severity of Google Cloud Logging. */
  LOG_FORMAT: z
    .enum(['auto', 'json', 'google', 'text'], { error: 'must be auto, json, google or text' })
    .default('auto'),
};

export type HttpConfig = ConfigOf<typeof httpShape>;
export type LogConfig = Pick<HttpConfig, 'LOG_LEVEL' | 'LOG_FORMAT'>;
