import { z } from 'zod';
import { ConfigError } from '../errors/config-error.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The typed configuration that `readEnv` returns for a shape. */
export type ConfigOf<S extends z.ZodRawShape> = z.output<z.ZodObject<S>>;

/** Variables whose value may contain a credential; a URL may contain a password. */
const SECRET_NAME = /PASSWORD|URL|SECRET|TOKEN/;

/**
 * Reads the variables of `shape` from `env`. An empty variable counts as absent, because deployment templates often set it empty.
 *
 * @param rules returns one line for each combination of valid values that is not allowed.
 * @throws ConfigError that lists every bad variable.
 */
export function readEnv<S extends z.ZodRawShape>(
  shape: S,
  env: Environment = process.env,
  rules: (config: ConfigOf<S>) => readonly string[] = () => [],
): ConfigOf<S> {
  const present = Object.fromEntries(Object.keys(shape).map((name) => [name, env[name]?.trim() || undefined]));
  const result = z.object(shape).safeParse(present);
  if (!result.success) {
    throw new ConfigError(result.error.issues.map((issue) => describe(String(issue.path[0]), present, issue.message)));
  }
  const problems = rules(result.data);
  if (problems.length > 0) throw new ConfigError(problems);
  return result.data;
}

function describe(name: string, env: Environment, message: string): string {
  const value = env[name];
  if (value === undefined) return `${name} is not set: ${message}`;
  return SECRET_NAME.test(name)
    ? `${name} (value not shown): ${message}`
    : `${name}=${JSON.stringify(value)}: ${message}`;
}

/** An integer from `min` to `max` in decimal digits. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const error =
    max === Number.MAX_SAFE_INTEGER
      ? `must be an integer of at least ${min}`
      : `must be an integer from ${min} to ${max}`;
  return z
    .string({ error })
    .regex(/^\d{1,16}$/, { error, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error });
}

export const positiveInteger = () => integer(1);

/** A TCP port; 0 lets the system choose a free one. */
export const port = () => integer(0, 65_535);

export function boolean() {
  const error = 'must be true or false';
  return z.enum(['true', 'false'], { error }).transform((value) => value === 'true');
}

/** Turns `a, b` into ['a', 'b']. @param accepted describes a valid list in the error message */
export function commaList(item: RegExp = /\S/, accepted = 'a comma-separated list with at least one item') {
  const error = `must be ${accepted}`;
  return z
    .string({ error })
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((parts) => parts.every((part) => item.test(part)), { error });
}
