import { execFile } from 'node:child_process';
import type { Reconciliation } from '#schema/reconciliation.js';

export interface ReconcileOutput {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command that reconciles files with the mart. */
export function reconcile(
  settings: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<ReconcileOutput> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['dist/apps/reconcile/src/main.js', ...args],
      { env: { PATH: process.env['PATH'], ...settings }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) =>
        resolve({
          code: error === null ? 0 : Number(error.code ?? -1),
          stdout: stdout.toString(),
          stderr: stderr.toString(),
        }),
    );
  });
}

/** The result of `--json`, and the exit code. */
export async function reconciled(
  settings: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Reconciliation & { readonly code: number }> {
  const { code, stdout, stderr } = await reconcile(settings, '--json', ...args);
  if (stdout === '') throw new Error(`reconcile ended with ${code}: ${stderr}`);
  return { ...(JSON.parse(stdout) as Reconciliation), code };
}
