import { UnreadableError } from './unreadable-batch.js';

/** Reads Kafka's primitive types in sequence. A read past the end throws an UnreadableError. */
export class ByteReader {
  constructor(
    readonly bytes: Buffer,
    public at = 0,
    private readonly end = bytes.length,
  ) {}

  get left(): number {
    return this.end - this.at;
  }

  int8(): number {
    return this.bytes.readInt8(this.advance(1));
  }

  int16(): number {
    return this.bytes.readInt16BE(this.advance(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.advance(4));
  }

  int64(): bigint {
    return this.bytes.readBigInt64BE(this.advance(8));
  }

  /** An int64 such as an offset, as a number: brokers do not reach 2^53. */
  long(): number {
    return Number(this.int64());
  }

  /** A zigzag-encoded number of at most 32 bits, seven bits per byte. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes[this.advance(1)]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw new UnreadableError('a number is longer than 32 bits');
  }

  /** Like varint, with at most 64 bits. Returns a number for one byte, which is nearly always the case, otherwise a bigint. */
  varlong(): number | bigint {
    const start = this.at;
    const first = this.bytes[this.advance(1)]!;
    if (first < 0x80) return (first >>> 1) ^ -(first & 1);
    let value = BigInt(first & 0x7f);
    for (let shift = 7n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.advance(1)]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return (value >> 1n) ^ -(value & 1n);
    }
    throw new UnreadableError(`a number is longer than 64 bits, ${this.at - start} bytes`);
  }

  slice(length: number): Buffer {
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  /** Bytes preceded by their length; null for a negative length. */
  varintBytes(): Buffer | null {
    const length = this.varint();
    return length < 0 ? null : this.slice(length);
  }

  int32Bytes(): Buffer | null {
    const length = this.int32();
    return length < 0 ? null : this.slice(length);
  }

  int16Text(): string {
    return this.slice(this.int16()).toString();
  }

  private advance(length: number): number {
    const start = this.at;
    if (length < 0 || start + length > this.end) throw new UnreadableError('it ends too early');
    this.at = start + length;
    return start;
  }
}
