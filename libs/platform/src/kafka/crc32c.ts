const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

/** Entry `256 * s + b`: the remainder of byte `b` followed by `s` zero bytes. */
const TABLES = makeTables();

/**
 * CRC-32C (Castagnoli) of the bytes from `start` to `end`, unsigned. Processes eight bytes per step ("slicing-by-8", Kounavis and
 * Berry, 2005), because a plain table walk has to finish the lookup of each byte before the next.
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const t = TABLES;
  let crc = -1;
  let i = start;
  for (const last = end - SLICES; i <= last; i += SLICES) {
    const low = crc ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
    crc =
      t[1792 + (low & 0xff)]! ^
      t[1536 + ((low >>> 8) & 0xff)]! ^
      t[1280 + ((low >>> 16) & 0xff)]! ^
      t[1024 + (low >>> 24)]! ^
      t[768 + bytes[i + 4]!]! ^
      t[512 + bytes[i + 5]!]! ^
      t[256 + bytes[i + 6]!]! ^
      t[bytes[i + 7]!]!;
  }
  for (; i < end; i++) crc = t[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

function makeTables(): Int32Array {
  const made = new Int32Array(256 * SLICES);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    made[byte] = crc;
  }
  for (let i = 256; i < made.length; i++) {
    const previous = made[i - 256]!;
    made[i] = made[previous & 0xff]! ^ (previous >>> 8);
  }
  return made;
}
