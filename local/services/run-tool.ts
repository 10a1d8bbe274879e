import { spawn, type SpawnOptions } from 'node:child_process';

export interface ToolResult {
  /** undefined when the program could not be started; then `error` says why. */
  exitCode?: number;
  error?: NodeJS.ErrnoException;
  /** stdout and stderr in the order in which they came. */
  output: string;
}

/** Runs a short-lived program to its end. Never rejects: the caller knows what a failure means. */
export function runTool(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<ToolResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const append = (chunk: Buffer) => (output += chunk.toString('utf8'));
    child.stdout?.on('data', append);
    child.stderr?.on('data', append);
    child.once('error', (error) => resolve({ error, output }));
    child.once('close', (code, signal) =>
      resolve({ exitCode: code ?? 128, output: signal ? `${output}\nended by ${signal}` : output }),
    );
  });
}
