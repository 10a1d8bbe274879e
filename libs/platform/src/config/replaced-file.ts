import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { readProblem } from './file-problem.js';

const lastContents = new Map<string, Buffer>();

/**
 * The content of a file that a rotation may replace at any moment. While the file is missing or empty, the last content stays in use.
 *
 * @throws Error if the file has never been read
 */
export function readReplacedFile(path: string): Buffer {
  let problem = 'is empty';
  let cause: unknown;
  try {
    const content = readFileSync(path);
    if (content.length > 0) {
      lastContents.set(path, content);
      return content;
    }
  } catch (error) {
    cause = error;
    problem = readProblem(error);
  }
  const last = lastContents.get(path);
  if (last === undefined) throw new Error(`${path} ${problem}`, { cause });
  new Logger('Certificates').warn(`${path} ${problem}; the last content stays in use`);
  return last;
}
