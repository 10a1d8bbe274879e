import { expect } from '@jest/globals';
import type { MessageFile, PipelineOnCluster } from './pipeline-on-cluster.js';

/** Waits until all rows of the file are where they belong, and holds the ledger against a recount. */
export async function expectNothingLost(pipeline: PipelineOnCluster, file: MessageFile): Promise<void> {
  const { inMart, inQuarantine } = await pipeline.waitUntilAccountedFor(file);

  expect(inMart + inQuarantine).toBe(file.rows);
  expect(await pipeline.ledgerDifferences()).toEqual([]);
}
