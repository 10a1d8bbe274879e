import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { readProblem } from './file-problem.js';

/** Shown instead of the value. */
const HIDDEN = '(value not shown)';

/**
 * A password or token. Where it stands in a file, it is read again whenever it is used, so a rotated one needs no restart. Its value
 * does not appear in JSON, in text or in logs.
 */
export class Secret {
  private last: string | undefined;

  constructor(private readonly read: () => string) {}

  static of(value: string): Secret {
    return new Secret(() => value);
  }

  /**
   * @param name of the variable that names the file, for messages
   * @throws Error if the file cannot be read or is empty
   */
  static inFile(path: string, name: string): Secret {
    const secret = new Secret(() => readSecret(path, name));
    secret.last = secret.read();
    return secret;
  }

  /** The value now. A file that can no longer be read leaves the last value in use. */
  get value(): string {
    try {
      this.last = this.read();
    } catch (error) {
      new Logger('Secrets').warn(`${(error as Error).message}; the last value stays in use`);
    }
    return this.last!;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** Editors and `kubectl create secret --from-file` leave a line break at the end. */
function readSecret(path: string, name: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new Error(`${name} names ${path}, which ${readProblem(cause)}`, { cause });
  }
  if (text === '') throw new Error(`${name} names ${path}, which is empty`);
  return text;
}
