/** While one write waits for the disk or the network, the other makes progress. */
export const CONCURRENT_WRITES = 2;

/** The batches being written, and one being cleaned. */
export const BATCHES_IN_FLIGHT = CONCURRENT_WRITES + 1;
