import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { ensureJars } from '../../dev/services/jars.js';
import { findJava, javaEnvironment } from '../../dev/services/java.js';
import { toolEnvironment } from '../../dev/services/config/tool-environment.js';
import { KAFKA } from '../../dev/services/kafka-server.js';

export type JavaCodec = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

export interface JavaRecord {
  readonly key: string;
  /** Null for a tombstone. Must not contain tabs or line breaks. */
  readonly value: string | null;
}

/** Java producers, in a process that runs the commands in order. */
export class JavaProducers {
  private reports = 0;
  private errors = '';
  private readonly done = new Map<string, () => void>();
  private readonly exited: Promise<void>;

  private constructor(private readonly child: ChildProcess) {
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    createInterface(child.stdout!).on('line', (line) => this.done.get(line)?.());
    this.exited = new Promise((resolve) => child.once('close', () => resolve()));
  }

  static async start(brokers = process.env['KAFKA_BROKERS'] ?? ''): Promise<JavaProducers> {
    const env = toolEnvironment();
    const java = await findJava(KAFKA, env);
    const { folder } = await ensureJars(KAFKA, { cacheDir: '.local/cache', env, log: () => undefined });
    const source = join('test', 'support', 'java', 'Producers.java');
    const args = ['-XX:TieredStopAtLevel=1', '-cp', join(folder, '*'), source, brokers];
    return new JavaProducers(spawn(java, args, { env: javaEnvironment(env) }));
  }

  /** @param isTransactional uses the name as transactional id */
  open(name: string, codec: JavaCodec, isTransactional: boolean): void {
    this.tell('open', name, codec, isTransactional ? name : '');
  }

  begin(name: string): void {
    this.tell('begin', name);
  }

  send(name: string, topic: string, records: readonly JavaRecord[], partition = 0): void {
    for (const { key, value } of records) this.tell('send', name, topic, String(partition), key, value ?? '');
  }

  /** Sends all pending records in separate batches. */
  flush(name: string): void {
    this.tell('flush', name);
  }

  commit(name: string): void {
    this.tell('commit', name);
  }

  /** Aborts the transaction after all its records have reached the broker. */
  abort(name: string): void {
    this.tell('abort', name);
  }

  /** Resolves when the process has run all commands. */
  async settled(): Promise<void> {
    const report = String(++this.reports);
    const settled = new Promise<void>((resolve) => this.done.set(`done ${report}`, resolve));
    this.tell('report', report);
    const failed = this.exited.then(() => Promise.reject(new Error(`the Java producers ended:\n${this.errors}`)));
    await Promise.race([settled, failed]);
  }

  /** Kills the process. Open transactions stay open. */
  async close(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  private tell(...fields: string[]): void {
    this.child.stdin!.write(`${fields.join('\t')}\n`);
  }
}
