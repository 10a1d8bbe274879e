import { describe, expect, it } from '@jest/globals';
import { renderProperties, renderServerProperties } from './kafka-properties.js';

describe('renderServerProperties', () => {
  const settings = { nodeId: 1, port: 19092, controllerPort: 19093, dataDir: '/state/data' };
  const lines = renderServerProperties(settings).split('\n');

  it('listens on 127.0.0.1 only', () => {
    expect(lines).toContain('listeners=PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093');
    expect(lines).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:19092');
    expect(lines).toContain('controller.quorum.voters=1@127.0.0.1:19093');
  });

  it('makes further nodes brokers of the same cluster', () => {
    const ofOther = renderServerProperties({ ...settings, nodeId: 2, port: 19094 }).split('\n');
    expect(ofOther).toContain('process.roles=broker');
    expect(ofOther).toContain('listeners=PLAINTEXT://127.0.0.1:19094');
    expect(ofOther).toContain('controller.quorum.voters=1@127.0.0.1:19093');
  });

  it('needs no replicas, because there is one node', () => {
    const replicas = lines.filter((line) => /replication\.factor|min\.isr/.test(line));
    expect(replicas.length).toBeGreaterThanOrEqual(3);
    for (const line of replicas) expect(line).toMatch(/=1$/);
  });

  it('never deletes records or offsets', () => {
    expect(lines).toContain('log.retention.ms=-1');
    expect(lines).toContain('offsets.retention.minutes=2147483647');
  });

  it('accepts records above the 1 MiB of the contract, so that they can reach the quarantine', () => {
    expect(lines).toContain('message.max.bytes=8388608');
    expect(lines).toContain('replica.fetch.max.bytes=8388608');
  });
});

describe('renderProperties', () => {
  it('escapes backslashes', () => {
    expect(renderProperties({ 'log.dirs': 'C:\\state' })).toBe('log.dirs=C:\\\\state\n');
  });

  it('escapes non-ASCII letters and line breaks, because Java reads the file as Latin-1', () => {
    expect(renderProperties({ a: 'Größe', b: '数据', c: ' x\ny' })).toBe(
      'a=Gr\\u00f6\\u00dfe\nb=\\u6570\\u636e\nc=\\ x\\u000ay\n',
    );
  });
});
