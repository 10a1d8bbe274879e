import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashOfCode } from '../../dev/watch/built-code.js';
import { Compiler } from '../../dev/watch/compiler.js';
import { waitUntil } from '../support/wait-until.js';

describe('the compiler of npm run dev', () => {
  let folder: string;
  let compiler: Compiler;
  let compilations: number[];
  let lines: string[];

  const write = (source: string): Promise<void> => writeFile(join(folder, 'app.ts'), source);
  const compiled = (count: number) => waitUntil(`${count} compilations`, () => compilations.length >= count, 60_000);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dev-watch-'));
    [compilations, lines] = [[], []];
    const compilerOptions = { module: 'nodenext', rootDir: '.', outDir: 'dist', types: [] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['app.ts'] }));
    await write('export const value: number = 1;');
    compiler = new Compiler(
      join(folder, 'tsconfig.json'),
      (errors) => compilations.push(errors),
      (line) => lines.push(line),
    );
    await compiled(1);
  });

  afterEach(async () => {
    await compiler.stop();
    await rm(folder, { recursive: true });
  });

  it('compiles changed sources, and on an error reports it and keeps the last good code', async () => {
    const dist = join(folder, 'dist');
    const first = await hashOfCode([dist]);

    await write('export const value: number = "two";');
    await compiled(2);
    expect(compilations).toEqual([0, 1]);
    expect(lines).toEqual([expect.stringContaining("Type 'string' is not assignable to type 'number'")]);
    expect(await hashOfCode([dist])).toBe(first);

    await write('export const value: number = 2;');
    await compiled(3);
    expect(await readFile(join(dist, 'app.js'), 'utf8')).toContain('value = 2');
    expect(await hashOfCode([dist])).not.toBe(first);
  }, 120_000);
});
