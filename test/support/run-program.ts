import type { SpawnOptions } from 'node:child_process';
import { runTool } from '../../dev/services/run-tool.js';

/**
 * Runs a program to its end.
 * @returns what it printed
 * @throws Error with the last lines of its output if it fails
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<string> {
  const { exitCode, error, output } = await runTool(program, args, options);
  if (exitCode === 0) return output;
  const lines = output.trim().split('\n').slice(-60).join('\n');
  throw new Error(`${[program, ...args].join(' ')} ended with ${exitCode ?? error?.message}:\n${lines}`, {
    cause: error,
  });
}
