import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProjectRoot } from '../services/project.js';
import { runTool } from '../services/run-tool.js';
import { ServerProcess } from '../services/server-process.js';
import { ServiceError } from '../services/service-error.js';
import { writePrivately } from '../services/write-privately.js';
import { pgAdminEnvironment } from './config/environment.js';
import { REQUIREMENTS } from './installation.js';
import { passfileLine, serverDefinitions, type MartAddress } from './mart-address.js';
import { copySavedQueries } from './saved-queries.js';

const ROOT = findProjectRoot();
const DEPLOYED = join(ROOT, 'deploy', 'pgadmin');
/** The user of every session while pgAdmin runs without accounts. */
const DESKTOP_USER = 'pgadmin4@pgadmin.org';

/** pgAdmin's state folder, and the files and variables that configure it. */
export class PgAdminState {
  /** pgAdmin's home: in desktop mode the file dialog opens there and has no other root. */
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
      // Otherwise pgAdmin would delete the master key of the user's own pgAdmin.
      PYTHON_KEYRING_BACKEND: 'keyring.backends.null.Keyring',
      // Otherwise Python would write a __pycache__ next to the settings file.
      PYTHONDONTWRITEBYTECODE: '1',
      ...(port === undefined ? {} : { PGADMIN_INT_PORT: String(port) }),
      // As pgAdmin's own desktop program does: without the key in the address (later in a cookie) access is denied, which keeps
      // out other users of this machine.
      ...(key === undefined ? {} : { PGADMIN_INT_KEY: key }),
    });
  }

  /** The same at every start, so bookmarks keep working. */
  async key(): Promise<string> {
    const file = join(this.folder, 'key');
    if (!existsSync(file)) await writePrivately(file, randomBytes(24).toString('hex'));
    return readFile(file, 'utf8');
  }

  /** Sets up pgAdmin's database and registers the mart again, because its address may have changed. */
  async prepare(mart: MartAddress, signal?: AbortSignal): Promise<void> {
    await mkdir(this.logDir, { recursive: true });
    await copySavedQueries(join(DEPLOYED, 'queries'), this.home, this.folder);

    const passfile = join(this.folder, 'passfile');
    // libpq ignores a password file that others can read.
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

  /** Loads the preferences only if the project's changed, so that users keep their own. */
  private async setUpOnce(signal?: AbortSignal): Promise<void> {
    const preferences = join(DEPLOYED, 'preferences.json');
    const wanted = (await readFile(REQUIREMENTS, 'utf8')) + (await readFile(preferences, 'utf8'));
    const stamp = join(this.dataDir, 'set-up.txt');
    if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return;
    // Creates the database or upgrades that of an older pgAdmin, then enters the preferences.
    await this.setUp(['-c', 'import pgadmin4.pgAdmin4'], () => true, signal);
    await this.setUp(
      ['-m', 'pgadmin4.setup', 'set-prefs', DESKTOP_USER, '--input-file', preferences],
      (output) => !/Could not set|not found/.test(output),
      signal,
    );
    await writeFile(stamp, wanted);
  }

  /** @param succeeded judges the output, because most of these commands exit with 0 even when they fail */
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
