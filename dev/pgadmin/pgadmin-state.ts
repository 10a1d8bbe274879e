import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProjectRoot } from '../services/project.js';
import { runTool } from '../services/run-tool.js';
import { ServerProcess } from '../services/server-process.js';
import { ServiceError } from '../services/service-error.js';
import { pgAdminEnvironment } from './config/environment.js';
import { REQUIREMENTS } from './installation.js';
import { passfileLine, serverDefinitions, type MartAddress } from './mart-address.js';
import { copySavedQueries } from './saved-queries.js';

const ROOT = findProjectRoot();
const DEPLOYED = join(ROOT, 'deploy', 'pgadmin');
/** As which pgAdmin logs everybody in when it has no accounts. */
const DESKTOP_USER = 'pgadmin4@pgadmin.org';

/** What pgAdmin keeps in files, and what it is told by them. */
export class PgAdminState {
  /** Its home, since in desktop mode the file dialog begins at the user's home and knows no other root. */
  readonly home: string;
  private readonly logDir: string;
  private readonly dataDir: string;

  constructor(
    readonly folder: string,
    private readonly python: string,
  ) {
    this.home = join(folder, 'queries');
    this.dataDir = join(folder, 'data');
    this.logDir = join(folder, 'logs');
  }

  process(): ServerProcess {
    return new ServerProcess({
      name: 'pgAdmin',
      recordFile: join(this.folder, 'process.json'),
      logFile: join(this.logDir, 'pgadmin.log'),
      endings: [
        { signal: 'SIGTERM', withinMs: 10_000 },
        { signal: 'SIGKILL', withinMs: 5_000 },
      ],
      readyWithinMs: 120_000,
    });
  }

  environment({ port, key }: { port?: number; key?: string } = {}): NodeJS.ProcessEnv {
    return pgAdminEnvironment({
      HOME: this.home,
      CONFIG_DISTRO_FILE_PATH: join(ROOT, 'dev', 'pgadmin', 'settings.py'),
      PGADMIN_DATA_DIR: this.dataDir,
      // Or it would remove the master key of a pgAdmin that the user has installed.
      PYTHON_KEYRING_BACKEND: 'keyring.backends.null.Keyring',
      // Or the settings file would leave a __pycache__ beside it.
      PYTHONDONTWRITEBYTECODE: '1',
      ...(port === undefined ? {} : { PGADMIN_INT_PORT: String(port) }),
      // What pgAdmin's own desktop program does: without the key in the address (later in a cookie) nobody is let in, which
      // keeps out others on this machine.
      ...(key === undefined ? {} : { PGADMIN_INT_KEY: key }),
    });
  }

  /** The same for every start, so that a bookmark stays good. */
  async key(): Promise<string> {
    const file = join(this.folder, 'key');
    if (!existsSync(file)) await writePrivately(file, randomBytes(24).toString('hex'));
    return readFile(file, 'utf8');
  }

  /** Sets pgAdmin's database up and registers the mart in it anew, since its address may have changed. */
  async prepare(mart: MartAddress, signal?: AbortSignal): Promise<void> {
    await mkdir(this.logDir, { recursive: true });
    await copySavedQueries(join(DEPLOYED, 'queries'), this.home, this.folder);

    const passfile = join(this.folder, 'passfile');
    await writePrivately(passfile, passfileLine(mart));
    const servers = join(this.folder, 'servers.json');
    const deployed: unknown = JSON.parse(await readFile(join(DEPLOYED, 'servers.json'), 'utf8'));
    await writeFile(servers, JSON.stringify(serverDefinitions(deployed, mart, passfile), undefined, 2));

    await this.setUpOnce(signal);
    await this.setUp(
      ['-m', 'pgadmin4.setup', 'load-servers', servers, '--replace'],
      (output) => output.includes('and 1 Server(s)'),
      signal,
    );
  }

  /** Only when there is something new in it: preferences that a person has changed stay as they are. */
  private async setUpOnce(signal?: AbortSignal): Promise<void> {
    const preferences = join(DEPLOYED, 'preferences.json');
    const wanted = (await readFile(REQUIREMENTS, 'utf8')) + (await readFile(preferences, 'utf8'));
    const stamp = join(this.dataDir, 'set-up.txt');
    if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return;
    // Makes the database, or brings that of an older pgAdmin up to date, and enters the preferences that there are.
    await this.setUp(['-c', 'import pgadmin4.pgAdmin4'], () => true, signal);
    await this.setUp(
      ['-m', 'pgadmin4.setup', 'set-prefs', DESKTOP_USER, '--input-file', preferences],
      (output) => !/Could not set|not found/.test(output),
      signal,
    );
    await writeFile(stamp, wanted);
  }

  /** @param succeeded judges the output, since most of these commands exit with 0 whatever happens */
  private async setUp(
    args: readonly string[],
    succeeded: (output: string) => boolean,
    signal?: AbortSignal,
  ): Promise<void> {
    const env = this.environment();
    const { output, exitCode, error } = await runTool(this.python, args, { cwd: '/', env, signal });
    signal?.throwIfAborted();
    if (exitCode === 0 && succeeded(output)) return;
    throw new ServiceError(
      'PGADMIN_SETUP_FAILED',
      `pgAdmin could not be set up. Remove ${this.folder}/data and start again. It said:\n${output.trim()}`,
      { cause: error },
    );
  }
}

/** Appears complete or not at all, and readable by its owner alone: libpq takes no other password file. */
async function writePrivately(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await chmod(`${file}.new`, 0o600); // one that a killed run left may have another mode
  await rename(`${file}.new`, file);
}
