import { crc32, deflateRawSync } from 'node:zlib';

const VERSION = 45;
const DEFLATE = 8;
/** 1 January 1980, the earliest date of the format. */
const DATE = 0x21;
/** Marks a size that is in the zip64 field. */
const IN_ZIP64 = 0xffff_ffff;

/** A zip archive with zip64 sizes in its local headers, as written by programs that stream the data. */
export function zipArchive(entries: readonly (readonly [name: string, content: string])[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of entries) {
    const packed = deflateRawSync(content);
    const size = Buffer.byteLength(content);
    const nameBytes = Buffer.from(name);
    const header = (packedSize: number, plainSize: number) =>
      Buffer.concat([
        fieldsOf([VERSION, 2], [0, 2], [DEFLATE, 2], [0, 2], [DATE, 2]),
        fieldsOf([crc32(content), 4], [packedSize, 4], [plainSize, 4], [nameBytes.length, 2]),
      ]);
    const zip64 = fieldsOf([1, 2], [16, 2], [size, 8], [packed.length, 8]);
    const file = Buffer.concat([
      ...[Buffer.from('PK\x03\x04'), header(IN_ZIP64, IN_ZIP64), fieldsOf([zip64.length, 2])],
      ...[nameBytes, zip64, packed],
    ]);
    directory.push(
      ...[Buffer.from('PK\x01\x02'), fieldsOf([VERSION, 2]), header(packed.length, size)],
      ...[fieldsOf([0, 2], [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]), nameBytes],
    );
    files.push(file);
    offset += file.length;
  }
  const central = Buffer.concat(directory);
  const count = [entries.length, 2] as const;
  const end = fieldsOf([0, 2], [0, 2], count, count, [central.length, 4], [offset, 4], [0, 2]);
  return Buffer.concat([...files, central, Buffer.from('PK\x05\x06'), end]);
}

/** Little-endian numbers, each given with its length in bytes. */
function fieldsOf(...fields: readonly (readonly [value: number, bytes: number])[]): Buffer {
  return Buffer.concat(
    fields.map(([value, bytes]) => {
      const field = Buffer.alloc(bytes);
      if (bytes === 8) field.writeBigUInt64LE(BigInt(value));
      else field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );
}
