import { z } from 'zod';
import { ConfigError } from '../errors/config-error.js';
import { fileProblem } from './file-problem.js';
import { Secret } from './secret.js';

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
  const present = { ...textsOf(shape, env), ...secretsInFiles(shape, env) };
  const result = z.object(shape).safeParse(present);
  if (!result.success) {
    throw new ConfigError(result.error.issues.map((issue) => describe(String(issue.path[0]), present, issue.message)));
  }
  const problems = rules(result.data);
  if (problems.length > 0) throw new ConfigError(problems);
  return result.data;
}

function textsOf(shape: z.ZodRawShape, env: Environment): Record<string, string | undefined> {
  return Object.fromEntries(Object.keys(shape).map((name) => [name, env[name]?.trim() || undefined]));
}

/**
 * The secrets whose file is named by NAME_FILE.
 *
 * @throws ConfigError if a file cannot be read, or if a secret is given twice
 */
function secretsInFiles(shape: z.ZodRawShape, env: Environment): Record<string, Secret> {
  const problems: string[] = [];
  const secrets: Record<string, Secret> = {};
  for (const name of Object.keys(shape).filter((each) => SECRETS.has(each))) {
    const path = env[`${name}_FILE`]?.trim();
    if (!path) continue;
    if (env[name]?.trim()) problems.push(`${name} and ${name}_FILE are both set: unset one of them`);
    try {
      secrets[name] = Secret.inFile(path, `${name}_FILE`);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return secrets;
}

function describe(name: string, env: Readonly<Record<string, string | Secret | undefined>>, message: string): string {
  const value = env[name];
  if (value === undefined) return `${name} is not set: ${message}`;
  return SECRET_NAME.test(name) || value instanceof Secret
    ? `${name} (value not shown): ${message}`
    : `${name}=${JSON.stringify(value)}: ${message}`;
}

/** Variables that `secret` has read so far: they may also stand in a file. */
const SECRETS = new Set<string>();

/**
 * A password, token or URL with a password, given by its variable or in the file that the variable NAME_FILE names.
 *
 * @param problemOf what is wrong with a value; undefined for a valid one
 * @param error what is needed, if it is required and not given
 */
export function secret(
  name: string,
  problemOf: (value: string) => string | undefined = () => undefined,
  error = 'a secret is needed',
) {
  SECRETS.add(name);
  const wrap = (value: unknown) => (typeof value === 'string' ? Secret.of(value) : value);
  return z.preprocess(
    wrap,
    z
      .custom<Secret>((value) => value instanceof Secret, { error, abort: true })
      .superRefine(({ value }, context) => {
        const message = problemOf(value);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      }),
  );
}

/** A token that clients send in the header Authorization. */
export function bearerToken(name: string) {
  return secret(name, (token) =>
    /^[\x21-\x7e]{16,}$/.test(token) ? undefined : 'must be at least 16 ASCII characters without spaces',
  );
}

/** The path of a file that can be read. */
export function readableFile() {
  return z.string().superRefine((path, context) => {
    const problem = fileProblem(path);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: `the file ${problem}` });
  });
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
