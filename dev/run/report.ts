import { audit } from './audit.js';
import { withInterruptibleClient } from './interruptible-client.js';
import type { Pipeline } from './pipeline.js';
import { grouped, type Screen } from '#platform/terminal/screen.js';
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
export function report({ databaseUrl, files, pipeline, screen, signal }: ReportOptions): Promise<boolean> {
  return withInterruptibleClient(databaseUrl, signal, async (client) => {
    const began = performance.now();
    const audited = await audit(client, files, signal, (rows) =>
      screen.show(() => [`audit       ${grouped(rows)} rows checked`]),
    );
    const seconds = (performance.now() - began) / 1000;
    if (audited.missing > 0) screen.say(`The first missing rows: ${audited.firstMissing.join(', ')}`);
    const differences = await ledgerDifferences(client);
    for (const line of await summary(client, audited, seconds, pipeline, differences)) screen.say(line);
    return audited.missing === 0 && differences === 0;
  });
}
