const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

/** The murmur2 hash of the Java client (Utils.murmur2) over the first `length` bytes, as a signed 32-bit integer. */
export function murmur2(bytes: Uint8Array, length: number = bytes.length): number {
  let hash = SEED ^ length;
  const blocksEnd = length & ~3;
  for (let i = 0; i < blocksEnd; i += 4) {
    let block = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    block = Math.imul(block, MULTIPLIER);
    block ^= block >>> 24;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(block, MULTIPLIER);
  }
  const left = length & 3;
  if (left > 0) {
    if (left === 3) hash ^= bytes[blocksEnd + 2]! << 16;
    if (left >= 2) hash ^= bytes[blocksEnd + 1]! << 8;
    hash = Math.imul(hash ^ bytes[blocksEnd]!, MULTIPLIER);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, MULTIPLIER);
  return hash ^ (hash >>> 15);
}

/** The partition that the Java client's default partitioner chooses for this key. */
export function partitionOf(key: Uint8Array, length: number, partitions: number): number {
  return (murmur2(key, length) & 0x7fffffff) % partitions;
}
