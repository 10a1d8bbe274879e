import { mkdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import type { AppName, AppProcess } from '../run/app-process.js';
import { apiToken } from '../run/api-token.js';
import { Apps } from '../run/apps.js';
import { dataFiles, type DataFiles } from '../run/data-files.js';
import { readOptions } from '../run/options.js';
import { roleUrls, writeUrl } from '../run/role-urls.js';
import { Screen } from '#platform/terminal/screen.js';
import { startServers } from '../run/start-servers.js';
import { ANALYST_URL_FILE, API_TOKEN_FILE, LOG_DIR, OWNER_URL_FILE, STATE_DIR } from '../services/local-state.js';
import { choosePort } from '../services/ports.js';
import type { Services } from '../services/services.js';
import { hashOfCode } from './built-code.js';
import { Compiler } from './compiler.js';
import { PageWatch } from './page-watch.js';
import { readWatchOptions, USAGE, type WatchOptions } from './options.js';
import { Restarter, type Watched } from './restarter.js';

const GATEWAY_PORT = 3000;
const LIBRARIES = ['dist/libs/schema', 'dist/libs/platform'];
/** The ports of .vscode/launch.json. */
const INSPECTOR_PORTS = { producer: 9229, consumer: 9230, gateway: 9231, 'mart-init': 9232 } as const;

const screen = new Screen();
const say = (name: string, line: string): void => screen.say(`${name.padEnd(12)}${line}`);
const interrupted = new AbortController();

/** An app that is restarted when its code changes. */
class WatchedApp implements Watched {
  private process: AppProcess | undefined;

  constructor(
    readonly name: AppName,
    private readonly apps: Apps,
    private readonly args: readonly string[],
    private readonly port = 0,
  ) {}

  version(): Promise<string> {
    return hashOfCode([`dist/apps/${this.name}`, ...LIBRARIES]);
  }

  async restart(): Promise<void> {
    await this.stop();
    if (interrupted.signal.aborted) return;
    const lines = new PassThrough();
    createInterface({ input: lines }).on('line', (line) => say(this.name, line));
    say('dev', `starting ${this.name}`);
    const process = this.apps.start(
      {
        name: this.name,
        args: this.args,
        nodeArgs: [
          '--enable-source-maps',
          `--inspect=127.0.0.1:${INSPECTOR_PORTS[this.name]}`,
          '--inspect-publish-uid=http',
        ],
        output: (text) => lines.write(text),
      },
      this.port,
    );
    this.process = process;
    const exited = process.exited.then(({ code, signal }) => {
      if (this.process !== process || interrupted.signal.aborted) return;
      say('dev', `${this.name} ended (${signal ?? `exit code ${code}`}); it starts again when its code changes`);
    });
    // The other apps need the tables.
    if (this.name === 'mart-init') await exited;
  }

  private async stop(): Promise<void> {
    const { process } = this;
    this.process = undefined;
    if (process?.isRunning) await process.stop();
  }
}

async function run(options: WatchOptions): Promise<void> {
  const { signal } = interrupted;
  const files = await filesOf(options);
  await mkdir(LOG_DIR, { recursive: true });
  let services: Services | undefined;
  let apps: Apps | undefined;
  let compiler: Compiler | undefined;
  let page: PageWatch | undefined;
  try {
    services = await startServers(signal, (line) => say('servers', line));
    const roles = await roleUrls(services.databaseUrl, services.postgres !== undefined, ANALYST_URL_FILE);
    await writeUrl(OWNER_URL_FILE, roles.owner);
    await writeUrl(ANALYST_URL_FILE, roles.analyst);
    apps = new Apps(services.kafkaBrokers, roles, LOG_DIR, await apiToken(API_TOKEN_FILE));
    const restarter = new Restarter(await watchedApps(options, apps, files));
    await restarter.update();
    compiler = new Compiler(
      'tsconfig.build.json',
      (errors) => {
        if (errors > 0) say('dev', `compile errors: ${errors}; the running apps stay up`);
        else if (!signal.aborted) restarter.update().catch(fail);
      },
      (line) => say('tsc', line),
    );
    if (options.apps.includes('gateway')) page = await PageWatch.start();
    say('dev', 'watching the sources; Ctrl-C stops everything');
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    say('dev', 'stopping');
    await compiler?.stop();
    await page?.stop();
    await apps?.stop();
    await services?.stop();
  }
}

function filesOf({ apps, files }: WatchOptions): Promise<DataFiles> {
  if (!apps.includes('producer')) return Promise.resolve({ messages: [], reference: undefined });
  return dataFiles(readOptions(files.flatMap((file) => ['--file', file])), STATE_DIR, screen);
}

async function watchedApps(options: WatchOptions, apps: Apps, files: DataFiles): Promise<WatchedApp[]> {
  const reference = files.reference === undefined ? [] : ['--reference', files.reference];
  const produced = [...files.messages.flatMap((file) => ['--file', file]), '--rate', String(options.rate)];
  // The same port after each restart, so that an open page finds it again.
  const gatewayPort = await choosePort([GATEWAY_PORT]);
  return [
    new WatchedApp('mart-init', apps, reference),
    ...options.apps.map(
      (name) =>
        new WatchedApp(name, apps, name === 'producer' ? produced : [], name === 'gateway' ? gatewayPort : undefined),
    ),
  ];
}

function fail(error: unknown): void {
  console.error((error as Error).message);
  process.exitCode = 1;
  interrupted.abort();
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
try {
  const options = readWatchOptions(process.argv.slice(2));
  if (options === undefined) console.log(USAGE);
  else await run(options);
} catch (error) {
  fail(
    (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') ? new Error(`${String(error)}\n${USAGE}`) : error,
  );
}
