import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { generate } from '#sample-data/generate.js';
import type { BrokerSettings, ProxiedListener } from '../../dev/services/kafka-properties.js';
import { choosePort, writePorts } from '../../dev/services/ports.js';
import { startServices } from '../../dev/services/services.js';
import type { KafkaServer } from '../../dev/services/kafka-server.js';
import type { PostgresServer } from '../../dev/services/postgres-server.js';
import { ledgerDifferences } from './ledger.js';
import { martDifferences, quarantineDifferences, readMart, readQuarantine } from './mart.js';
import { expectedOf, type Expected } from './oracle.js';
import { Pipeline, type Servers } from './pipeline.js';

/** Servers that a test may stop and kill, a pipeline on them, a generated file and the expected outcome. */
export interface ChaosStage {
  readonly servers: Servers;
  readonly kafka: KafkaServer;
  readonly postgres: PostgresServer;
  readonly pipeline: Pipeline;
  readonly file: string;
  readonly expected: Expected;
  close(): Promise<void>;
}

/** @param name of the spec, whose servers and logs are in .local/chaos-<name> */
export async function setStage(
  name: string,
  rows: number,
  { dirty = 0.05, ...kafka }: { dirty?: number; proxiedKafka?: ProxiedListener; kafkaSettings?: BrokerSettings } = {},
): Promise<ChaosStage> {
  const folder = await mkdtemp(join(tmpdir(), `chaos-${name}-`));
  const stateDir = `.local/chaos-${name}`;
  await avoidUsualPorts(stateDir);
  const [services, summary] = await Promise.all([
    startServices({ stateDir, ...kafka }),
    generate({ out: folder, rows, seed: rows, dirty, duplicates: 0.05 }),
  ]);
  const { kafka: kafkaServer, postgres } = services;
  if (!kafkaServer || !postgres) throw new Error('chaos needs servers of its own');
  const pipeline = await Pipeline.create({ servers: services, partitions: 6 });
  return {
    servers: services,
    kafka: kafkaServer,
    postgres,
    pipeline,
    file: summary.files.messages,
    expected: await expectedOf(summary.files.messages, summary.files.expected),
    async close() {
      try {
        await pipeline.close();
      } finally {
        await services.stop();
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** While a server is stopped, another spec's server may take its port. The usual ports are what all of them would take. */
async function avoidUsualPorts(stateDir: string): Promise<void> {
  const servers: Readonly<Record<string, Record<string, number>>> = {
    postgres: { port: await choosePort([]) },
    kafka: { port: await choosePort([]), controllerPort: await choosePort([]) },
  };
  for (const [server, ports] of Object.entries(servers)) {
    const file = join(stateDir, server, 'ports.json');
    if (existsSync(file)) continue;
    await mkdir(dirname(file), { recursive: true });
    await writePorts(file, ports);
  }
}

/** Differences of mart and quarantine from the expected outcome, and of the ledger from a recount. */
export async function differences({ pipeline: { databaseUrl }, expected }: ChaosStage) {
  return {
    mart: martDifferences(await readMart(databaseUrl), expected.mart),
    quarantine: quarantineDifferences(await readQuarantine(databaseUrl), expected.quarantine),
    ledger: await ledgerDifferences(databaseUrl),
  };
}
