import type { DifferingLine, Reconciliation } from '#schema/reconciliation.js';
import { withInterruptibleClient } from './interruptible-client.js';
import type { Pipeline } from './pipeline.js';
import type { Screen } from '#platform/terminal/screen.js';
import { reconcile } from './reconcile.js';
import { ledgerDifferences, summary } from './summary.js';

export interface ReportOptions {
  readonly databaseUrl: string;
  /** Message files of the run. */
  readonly files: readonly string[];
  readonly pipeline: Pipeline;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/**
 * Prints the result of the run.
 *
 * @returns whether every row of the files is in the mart or in quarantine, and every sum of the mart is right
 * @throws the signal's reason once it is aborted
 */
export async function report({ databaseUrl, files, pipeline, screen, signal }: ReportOptions): Promise<boolean> {
  screen.clear();
  const reconciled = await reconcile(databaseUrl, files, signal);
  for (const line of firstDifferences(reconciled)) screen.say(line);
  return withInterruptibleClient(databaseUrl, signal, async (client) => {
    const differences = await ledgerDifferences(client);
    for (const line of await summary(client, reconciled, pipeline, differences)) screen.say(line);
    return reconciled.holds && differences === 0;
  });
}

function firstDifferences({ first }: Reconciliation): string[] {
  const named = ({ file, line }: DifferingLine) => `${file}:${line}`;
  return [
    ...(first.missing.length > 0 ? [`The first missing lines: ${first.missing.map(named).join(', ')}`] : []),
    ...(first.altered.length > 0 ? [`The first altered lines: ${first.altered.map(named).join(', ')}`] : []),
  ];
}
