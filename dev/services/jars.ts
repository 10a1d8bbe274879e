import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { javaEnvironment } from './java.js';
import { runTool } from './run-tool.js';
import { ServiceError } from './service-error.js';

/** Jars pinned by a pom. */
export interface JarList {
  /** For messages and folders, for example 'Kafka'. */
  readonly name: string;
  /** The pom; its property <NAME.version>, in lower case, is the version of the set. */
  readonly pom: string;
  /** An alternative to downloading, for error messages, for example 'or set KAFKA_BROKERS to …'. */
  readonly orElse?: string;
}

export interface Jars {
  /** For example '4.1.0', as pinned in the pom. */
  readonly version: string;
  /** Holds all jars. */
  readonly folder: string;
}

export interface JarsOptions {
  /** Holds a folder for each version. */
  readonly cacheDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
}

/** The value of <property> in a pom. */
export function parseVersion(pom: string, property: string): string {
  const version = pom.split(`<${property}>`)[1]?.split('<')[0];
  if (version === undefined) throw new Error(`the pom has no <${property}>`);
  return version;
}

/**
 * Returns the pinned jars; Maven downloads them the first time. The folder appears complete or not at all, so interrupted and
 * concurrent downloads are safe.
 * @throws ServiceError MAVEN_MISSING, JARS_FAILED
 */
export async function ensureJars(list: JarList, { cacheDir, env, log }: JarsOptions): Promise<Jars> {
  const id = list.name.toLowerCase();
  const pom = await readFile(list.pom, 'utf8');
  const version = parseVersion(pom, `${id}.version`);
  // A changed pom (a new log4j, for example) gets its own folder.
  const pomDigest = createHash('sha256').update(pom).digest('hex').slice(0, 8);
  const folder = join(cacheDir, `${id}-${version}-${pomDigest}`);
  if (existsSync(folder)) return { version, folder };

  log(`${list.name}: downloading the jars of ${version} (once)…`);
  await mkdir(cacheDir, { recursive: true });
  const download = await mkdtemp(join(cacheDir, 'download-'));
  try {
    await copyJars(list, download, env);
    await rename(download, folder);
  } catch (error) {
    await rm(download, { recursive: true, force: true });
    // Another process was faster; its folder holds the same jars.
    if (!existsSync(folder)) throw error;
  }
  return { version, folder };
}

async function copyJars({ name, pom, orElse }: JarList, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  // Maven takes a relative path from the folder of the pom.
  const outputDirectory = `-DoutputDirectory=${resolve(folder)}`;
  const goals = ['dependency:copy-dependencies', '-DincludeScope=runtime', outputDirectory];
  const { error, exitCode, output } = await runTool('mvn', ['-q', '-B', '-f', pom, ...goals], {
    env: javaEnvironment(env),
  });
  if (error?.code === 'ENOENT') {
    const how = 'Install it (Debian, Ubuntu: apt-get install maven; macOS: brew install maven)';
    throw new ServiceError(
      'MAVEN_MISSING',
      `The jars of ${name} are downloaded with Maven, but mvn was not found. ${[how, orElse].filter(Boolean).join(', ')}.`,
      { cause: error },
    );
  }
  if (error || exitCode !== 0) {
    const how = 'Check the network (behind a proxy: settings.xml in the folder .m2 of your home)';
    throw new ServiceError(
      'JARS_FAILED',
      `Maven could not download the jars of ${name}. ${[how, orElse].filter(Boolean).join(', ')}. ` +
        `Maven said:\n${output.trim().split('\n').slice(-15).join('\n')}`,
      { cause: error },
    );
  }
}
