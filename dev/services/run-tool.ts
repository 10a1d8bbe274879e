import { spawn, type SpawnOptions } from 'node:child_process';

export interface ToolResult {
  /** undefined if the program could not be started; then `error` is set. */
  exitCode?: number;
  error?: NodeJS.ErrnoException;
  /** stdout and stderr in the order of arrival. */
  output: string;
}

/**
 * Runs a short-lived program to its end. Never rejects: callers decide what a failure means.
 * @param onLine receives each complete line of output
 */
export function runTool(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
  onLine: (line: string) => void = () => undefined,
): Promise<ToolResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let lineStart = 0;
    const append = (chunk: Buffer) => {
      output += chunk.toString('utf8');
      for (let end; (end = output.indexOf('\n', lineStart)) >= 0; lineStart = end + 1) {
        onLine(output.slice(lineStart, end));
      }
    };
    child.stdout?.on('data', append);
    child.stderr?.on('data', append);
    child.once('error', (error) => resolve({ error, output }));
    child.once('close', (code, signal) =>
      resolve({ exitCode: code ?? 128, output: signal ? `${output}\nended by ${signal}` : output }),
    );
  });
}
