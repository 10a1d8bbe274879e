import { expect } from '@jest/globals';
import type { MessageFile, PipelineOnCluster } from './pipeline-on-cluster.js';

/** Waits until every row of the file is in the mart or in quarantine, and compares the ledger with a recount. */
export async function expectNothingLost(pipeline: PipelineOnCluster, file: MessageFile): Promise<void> {
  const { lines, mart, superseded, repeated, quarantined } = await pipeline.waitUntilAccountedFor(file);

  expect(lines).toBe(file.rows);
  expect(mart + superseded + repeated + quarantined).toBe(file.rows);
  expect(await pipeline.ledgerDifferences()).toEqual([]);
}
