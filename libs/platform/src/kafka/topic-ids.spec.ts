import { describe, expect, it } from '@jest/globals';
import { decodeResponse, encodeRequest, lackingOperations, topicIdOf } from './topic-ids.js';

const int16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const int32 = (value: number) => Buffer.concat([int16(value >>> 16), int16(value & 65_535)]);
const text = (value: string) => Buffer.concat([Buffer.from([value.length + 1]), Buffer.from(value)]);
const bytes = (...values: number[]) => Buffer.from(values);
const list = (...items: Buffer[]) => Buffer.concat([bytes(items.length + 1), ...items]);
const NO_TAGS = bytes(0);
/** Tagged fields: one with tag 3 and two bytes. */
const TAGS = bytes(1, 3, 2, 9, 9);

const ID = Buffer.from('00112233445566778899aabbccddeeff', 'hex');

function answer(version: number, allowed = 0): Buffer {
  const broker = Buffer.concat([int32(1), text('::1'), int32(9092), bytes(0), TAGS]);
  const partition = Buffer.concat([
    ...[int16(0), int32(2), int32(1), int32(7), list(int32(1)), list(int32(1)), list(), TAGS],
  ]);
  const topic = Buffer.concat([int16(0), text('t'), ID, bytes(0), list(partition), int32(allowed), TAGS]);
  const operations = version === 10 ? int32(0) : Buffer.alloc(0);
  return Buffer.concat([
    ...[TAGS, int32(5), list(broker), text('cluster'), int32(1), list(topic), operations, NO_TAGS],
  ]);
}

describe.each([10, 11, 12])('Metadata, version %i', (version) => {
  it('decodes what kafkajs expects, and the topic id', () => {
    const { topicMetadata, ...others } = decodeResponse(answer(version), version);
    expect(others).toEqual({
      throttleTime: 0,
      clientSideThrottleTime: 5,
      brokers: [{ nodeId: 1, host: '::1', port: 9092, rack: null }],
      clusterId: 'cluster',
      controllerId: 1,
    });
    const partitions = [
      { partitionErrorCode: 0, partitionId: 2, leader: 1, replicas: [1], isr: [1], offlineReplicas: [] },
    ];
    expect(topicMetadata).toEqual([
      { topicErrorCode: 0, topic: 't', isInternal: false, partitionMetadata: partitions },
    ]);
    expect(topicIdOf({ partitions: topicMetadata[0]!.partitionMetadata })).toBe(ID.toString('base64url'));
  });

  it('decodes the allowed operations', () => {
    const lacking = (allowed: number) => {
      const { topicMetadata } = decodeResponse(answer(version, allowed), version);
      return lackingOperations({ partitions: topicMetadata[0]!.partitionMetadata }, ['Read', 'Write']);
    };
    expect(lacking(1 << 3)).toEqual(['Write']);
    expect(lacking((1 << 3) | (1 << 4))).toEqual([]);
    // A broker that does not say what is allowed.
    expect(lacking(-(2 ** 31))).toEqual([]);
  });

  it('requests topics by name, and does not let the broker create them', () => {
    const { buffer } = encodeRequest(['t'], version) as unknown as { buffer: Buffer };
    const flags = version === 10 ? bytes(0, 0, 1) : bytes(0, 1);
    expect(buffer).toEqual(Buffer.concat([NO_TAGS, bytes(2), Buffer.alloc(16), text('t'), NO_TAGS, flags, NO_TAGS]));
  });
});
