import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { choosePort } from '../../dev/services/ports.js';
import { fileSd, type ScrapeTarget } from '../../dev/run/scrape-targets.js';
import { programOf } from './programs.js';
import { waitUntil } from './wait-until.js';

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
}

interface Configuration {
  global: { scrape_interval: string; scrape_timeout: string; evaluation_interval: string };
  rule_files: string[];
  scrape_configs: {
    job_name: string;
    file_sd_configs?: { files: string[] }[];
    static_configs?: { targets: string[] }[];
  }[];
}

const CONFIGURATION = new URL('../../observability/prometheus/prometheus.yml', import.meta.url);
const RULES = fileURLToPath(new URL('../../observability/prometheus/alerts.yml', import.meta.url));

/** A real Prometheus with the project's configuration, scraping and evaluating every second, and a node exporter. */
export class Prometheus {
  private readonly children: ChildProcess[] = [];
  private output = '';

  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly nodePort: number,
  ) {}

  static async start(): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
    const port = await choosePort([]);
    const prometheus = new Prometheus(folder, port, await choosePort([], [port]));
    try {
      await prometheus.launch();
    } catch (error) {
      await prometheus.stop();
      throw error;
    }
    return prometheus;
  }

  async stop(): Promise<void> {
    for (const child of this.children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Sets the targets to scrape. */
  async scrape(targets: readonly ScrapeTarget[]): Promise<void> {
    await writeFile(this.targetsFile, fileSd(targets));
  }

  /**
   * The series of an instant query.
   * @throws Error with the message of Prometheus if the query is invalid
   */
  async query(expr: string): Promise<Series[]> {
    const { result } = await this.get<{ result: Series[] }>('query', new URLSearchParams({ query: expr }));
    return result;
  }

  /** Result of the last evaluation of each rule, by name: `ok`, an error, or `unknown` before the first. */
  async rules(): Promise<Map<string, string>> {
    const { groups } = await this.get<{ groups: { rules: { name: string; health: string; lastError?: string }[] }[] }>(
      'rules',
    );
    const rules = groups.flatMap((group) => group.rules);
    return new Map(rules.map(({ name, health, lastError }) => [name, lastError ?? health]));
  }

  private get targetsFile(): string {
    return join(this.folder, 'targets.json');
  }

  private async launch(): Promise<void> {
    const file = join(this.folder, 'prometheus.yml');
    await this.scrape([]);
    await writeFile(file, await this.configuration());
    this.spawn(programOf(['prometheus-node-exporter', 'node_exporter'], 'prometheus-node-exporter'), [
      `--web.listen-address=127.0.0.1:${this.nodePort}`,
    ]);
    this.spawn(programOf(['prometheus'], 'prometheus'), [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(this.folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${this.port}`,
    ]);
    await waitUntil('Prometheus is ready', async () => (await fetch(this.url('/-/ready'))).ok).catch((error: Error) => {
      error.message += `\n${this.output.slice(-3000)}`;
      throw error;
    });
  }

  /** The project's configuration with other intervals and addresses. */
  private async configuration(): Promise<string> {
    const configuration = parse(await readFile(CONFIGURATION, 'utf8')) as Configuration;
    configuration.global = { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' };
    configuration.rule_files = [RULES];
    for (const { job_name: job, file_sd_configs: files, static_configs: statics } of configuration.scrape_configs) {
      for (const each of files ?? []) each.files = [this.targetsFile];
      for (const each of statics ?? []) each.targets = [`127.0.0.1:${job === 'node' ? this.nodePort : this.port}`];
    }
    return stringify(configuration);
  }

  private spawn(program: string, args: readonly string[]): void {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.children.push(child);
  }

  private async get<T>(what: string, parameters = new URLSearchParams()): Promise<T> {
    const response = await fetch(this.url(`/api/v1/${what}?${parameters.toString()}`));
    const { data, error } = (await response.json()) as { data: T; error?: string };
    if (error !== undefined) throw new Error(error);
    return data;
  }

  private url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }
}
