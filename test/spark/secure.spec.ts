import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { toolEnvironment } from '../../dev/services/config/tool-environment.js';
import { ensureSpark, LOCAL_SPARK, SPARK_SOURCES } from '../../dev/spark/installation.js';
import { startSpark, type Spark } from '../../dev/spark/spark.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { numbers, recordOf } from '../support/records.js';
import { TestJob } from '../support/spark-stage.js';
import { AuthorizedKafka } from '../support/rights/authorized-kafka.js';
import { documentedRights } from '../support/rights/kafka-rights.js';
import { USER, type Settings } from '../support/secure/client-settings.js';
import { placesOf } from '../support/secure/places-of-secrets.js';
import { REFUSED_CLIENTS, type RefusedCase } from '../support/secure/refused-clients.js';
import { SecureKafka } from '../support/secure/secure-kafka.js';
import { SecurePostgres } from '../support/secure/secure-postgres.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(600_000);

const STATE_DIR = '.local/secure-spark';
const START_ARGUMENTS = ['--engine', 'both', '--rows', '2000', '--exit'];
const NEXT_PASSWORD = 'the-next-password';

let kafka: SecureKafka;
let spark: Spark;
let folder: string;
let pipeline: Pipeline;
let jobs = 0;
let started: TestJob | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spark-secure-'));
  kafka = await SecureKafka.start();
  spark = await startSpark({ stateDir: STATE_DIR, command: 'npm run test:spark', memory: '1g' });
}, 180_000);

afterAll(async () => {
  await spark?.stop();
  await kafka?.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

afterEach(async () => {
  await started?.kill();
  await pipeline?.close();
});

/** A job on a topic and a mart of its own, started. Without compression, its event logs can be searched. */
async function startJob(settings: Settings, conf: Settings = {}, args: readonly string[] = []): Promise<TestJob> {
  const name = `job-${jobs++}`;
  const checkpoint = join(folder, name);
  const job = spark.job({
    name,
    args,
    env: { ...pipeline.settings, SPARK_CHECKPOINT_DIR: checkpoint, ...settings },
    conf: { 'spark.eventLog.compress': 'false', ...conf },
    eventLogDir: join(folder, `${name}-events`),
  });
  await job.start();
  return (started = new TestJob(job, checkpoint, pipeline.databaseUrl));
}

const stored = async () =>
  (await query<{ n: number }>(pipeline.databaseUrl, 'SELECT count(*)::integer AS n FROM public.messages'))[0]!.n;

const hasStored = (rows: number) =>
  waitUntil(`${rows} rows are stored`, async () => (await stored()) === rows, 240_000);

describe('the Spark job reads a topic', () => {
  it.each<[string, RefusedCase[1]]>([
    ['with TLS and OAuth tokens', (of) => ({ ...of.at('sasl'), ...of.tls(), ...of.oauth() })],
    ['with certificates on both sides', (of) => ({ ...of.at('mutual'), ...of.ofClient() })],
  ])('%s, and shows no secret', async (_, settingsOf) => {
    pipeline = await Pipeline.create({ servers: kafka.services });
    await pipeline.createTopic();
    await pipeline.send(numbers(300).map((i) => recordOf(i)));
    const job = await startJob(settingsOf(kafka.settings));
    await job.caughtUp();
    expect(await stored()).toBe(300);

    const environment = await (await fetch(`${job.process.uiUrl}/environment/`)).text();
    const clusterSecret = await readFile(spark.cluster.secretFile, 'utf8');
    const secrets = [...(await kafka.settings.secrets(pipeline.databaseUrl)), clusterSecret];
    expect(await placesOf(secrets, { folders: [resolve(STATE_DIR), folder], texts: { environment } })).toEqual([
      spark.cluster.secretFile,
    ]);
    expect(await job.stop()).toBe(0);
  });

  it('and settles quarantined records that were sent again, as the consumer does', async () => {
    pipeline = await Pipeline.create({ servers: kafka.services });
    await pipeline.createTopic();
    await pipeline.send(['not JSON', 'nor this'].map((value) => ({ value })));
    const job = await startJob({ ...kafka.settings.at('sasl'), ...kafka.settings.tls(), ...kafka.settings.oauth() });
    await job.caughtUp();
    const attempts = await query<{ id: string; entry: string }>(
      pipeline.databaseUrl,
      `INSERT INTO quarantine_attempts (id, record_hash, action, author)
       SELECT gen_random_uuid(), record_hash, 'redrive', 'ada' FROM quarantined_messages ORDER BY "offset"
       RETURNING id, encode(record_hash, 'hex') AS entry`,
    );
    const headers = attempts.map(({ id, entry }) => ({ 'quarantine-entry': entry, 'quarantine-attempt': id }));
    await pipeline.send([
      { ...recordOf(1), headers: headers[0] },
      { value: '[]', headers: headers[1] },
    ]);
    await hasStored(1);
    await job.caughtUp();
    const states = 'SELECT state, failed_attempts FROM quarantined_messages';
    expect(new Set(await query(pipeline.databaseUrl, states))).toEqual(
      new Set([
        { state: 'resolved', failed_attempts: 0 },
        { state: 'open', failed_attempts: 1 },
      ]),
    );
    const results = 'SELECT result FROM quarantine_attempts ORDER BY result';
    expect(await query(pipeline.databaseUrl, results)).toEqual([{ result: 'rejected' }, { result: 'resolved' }]);
  });

  it('with a password in a file, which is rotated', async () => {
    pipeline = await Pipeline.create({ servers: kafka.services });
    await pipeline.createTopic();
    await pipeline.send([recordOf(1)]);
    const file = join(folder, 'password');
    await writeFile(file, `${USER.password}\n`);
    const settings = {
      ...kafka.settings.at('scram'),
      ...kafka.settings.tls(),
      ...kafka.settings.login('scram-sha-512', { KAFKA_SASL_PASSWORD: '', KAFKA_SASL_PASSWORD_FILE: file }),
    };
    const job = await startJob(settings);
    await hasStored(1);

    await kafka.setPassword(NEXT_PASSWORD);
    await writeFile(file, `${NEXT_PASSWORD}\n`);
    await kafka.services.kafka!.stop();
    await kafka.services.kafka!.start();
    await waitUntil('the test is connected again', () => pipeline.send([recordOf(2)]).then(() => true));
    await hasStored(2);
    expect(await job.stop()).toBe(0);
    await kafka.setPassword(USER.password);
  });
});

describe('on a PostgreSQL that takes only TLS', () => {
  let postgres: SecurePostgres;
  let authorized: AuthorizedKafka;

  beforeAll(async () => {
    postgres = await SecurePostgres.start(kafka.services.kafkaBrokers);
    authorized = await AuthorizedKafka.start(postgres.url(postgres.verifyFull));
  }, 120_000);

  afterAll(async () => {
    await authorized?.close();
    await postgres?.close();
  }, 60_000);

  it('a job that follows the consumer needs only the rights of docs/rights.md', async () => {
    pipeline = await Pipeline.create({ servers: authorized.services });
    await authorized.setRights(documentedRights(pipeline).filter(({ isNeeded }) => isNeeded));
    await pipeline.createTopic();
    await pipeline.send([recordOf(1)]);
    const file = join(folder, 'database-url');
    await writeFile(file, pipeline.databaseUrl);
    const database = { DATABASE_URL: '', DATABASE_URL_FILE: file };
    const quick = { SPARK_TRIGGER_SECONDS: '0', SPARK_FOLLOWER_PATIENCE_SECONDS: '1' };
    const job = await startJob({ ...authorized.settingsOf('spark'), ...database, ...quick }, {}, ['--follow']);
    await hasStored(1);
    expect(await job.stop()).toBe(0);
  });

  it('npm start runs both engines, with a Kafka that takes only TLS and SASL, by environment variables alone', async () => {
    const env = { ...kafka.settings.at('scram'), ...kafka.settings.tls(), ...kafka.settings.login('scram-sha-512') };
    const start = spawn(process.execPath, [resolve('dist/dev/run/main.js'), ...START_ARGUMENTS], {
      cwd: folder,
      env: { ...toolEnvironment(), ...env, DATABASE_URL: postgres.url(postgres.verifyFull) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output, exit] = await Promise.all([text(start.stdout), once(start, 'exit')]);
    expect({ exit, output }).toEqual({
      exit: [0, null],
      output: expect.stringContaining('The sums of the ledger agree with a recount of all rows.'),
    });
  });
});

describe('a job that Kafka refuses, or that does not trust it, says why', () => {
  const cases: readonly (readonly [RefusedCase[0], RefusedCase[1], RegExp | null])[] = [
    ...REFUSED_CLIENTS,
    ['SASL PLAIN with the right password', (of) => ({ ...of.at('sasl'), ...of.tls(), ...of.login('plain') }), null],
    [
      'SCRAM-SHA-256 with the right password',
      (of) => ({ ...of.at('sasl'), ...of.tls(), ...of.login('scram-sha-256') }),
      null,
    ],
    ['no login', (of) => ({ ...of.at('sasl'), ...of.tls() }), /without a login. Set KAFKA_SASL_MECHANISM/],
    [
      'TLS to clear text',
      (of) => ({ KAFKA_BROKERS: kafka.services.kafkaBrokers, ...of.tls() }),
      /does not speak TLS. Unset KAFKA_TLS/,
    ],
    [
      'a file that is no key',
      (of) => ({ ...of.at('mutual'), ...of.ofClient(), KAFKA_TLS_KEY_FILE: kafka.client.cert }),
      /must be PEM files/,
    ],
    [
      'a wrong secret for the token server',
      (of) => ({ ...of.at('sasl'), ...of.tls(), ...of.oauth({ KAFKA_OAUTH_CLIENT_SECRET: 'wrong secret' }) }),
      /Correct KAFKA_OAUTH_TOKEN_URL/,
    ],
  ];

  // In one process, because each start of a JVM takes seconds.
  it('in each case', async () => {
    const env = { DATABASE_URL: 'postgresql://u@127.0.0.1/m', SPARK_CHECKPOINT_DIR: folder };
    const input = cases.map(([, settingsOf]) => JSON.stringify({ ...env, ...settingsOf(kafka.settings) })).join('\n');
    const answers = await refusals(input);
    expect(answers).toHaveLength(cases.length);
    for (const [i, [name, , message]] of cases.entries()) {
      const expected = message === null ? null : expect.stringMatching(message);
      expect({ name, answer: answers[i] }).toEqual({ name, answer: expected });
      expect(answers[i] ?? '').not.toMatch(/wrong (password|secret)/);
    }
  });

  it('and ends', async () => {
    pipeline = await Pipeline.create({ servers: kafka.services });
    const job = await startJob({
      ...kafka.settings.at('sasl'),
      ...kafka.settings.tls(),
      ...kafka.settings.login('plain', { KAFKA_SASL_PASSWORD: 'wrong password' }),
    });
    await waitUntil('the job has ended', () => Promise.resolve(!job.process.isRunning()), 120_000);
    expect(await job.stop()).toBe(1);
    expect(await readFile(job.process.logFile, 'utf8')).toMatch(/KAFKA_REFUSED: .*Correct KAFKA_SASL_USERNAME/);
  });
});

/** The answers of spark/tests/refusals.py. */
async function refusals(input: string): Promise<(string | null)[]> {
  const { python, env } = await ensureSpark('npm run test:spark', { folder: LOCAL_SPARK, log: () => undefined });
  const child = spawn(python, [join(SPARK_SOURCES, 'tests', 'refusals.py')], {
    env: {
      ...env,
      PYTHONPATH: SPARK_SOURCES,
      PYSPARK_SUBMIT_ARGS: `--driver-class-path ${spark.jars}/* pyspark-shell`,
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.end(input);
  const lines = (await text(child.stdout)).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as string | null);
}

describe('the cluster', () => {
  it('keeps its secret and the checkpoint from other users', async () => {
    const modes = await Promise.all(
      [spark.cluster.secretFile, join(folder, 'job-0', 'offsets', '0')].map(async (path) => (await stat(path)).mode),
    );
    expect(modes.map((mode) => (mode & 0o777).toString(8))).toEqual(['600', '600']);
  });

  it('refuses an application that does not know the secret', async () => {
    pipeline = await Pipeline.create({ servers: kafka.services });
    const job = await startJob(
      { KAFKA_BROKERS: kafka.services.kafkaBrokers },
      { 'spark.authenticate': 'false', 'spark.network.crypto.enabled': 'false' },
    );
    const log = () => readFile(job.process.logFile, 'utf8');
    await waitUntil('the master refuses it', async () => (await log()).includes('Expected SaslMessage'), 60_000);
    expect((await spark.cluster.state()).activeapps).toEqual([]);
  });
});
