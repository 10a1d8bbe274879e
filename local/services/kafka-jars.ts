import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findProjectRoot } from './project.js';
import { runTool } from './run-tool.js';
import { ServiceError } from './service-error.js';

const POM = join(findProjectRoot(), 'local', 'kafka', 'pom.xml');

/** What helps where Kafka cannot be started here. */
export const OTHER_KAFKA =
  'or set KAFKA_BROKERS to a Kafka that is already there, for example KAFKA_BROKERS=localhost:9092';

export interface KafkaJars {
  /** For example '4.1.0', as pinned in the pom. */
  version: string;
  /** Folder with all jars. */
  folder: string;
}

export interface KafkaJarsOptions {
  /** Jars of every version are kept below it, each in a folder of its own. */
  cacheDir: string;
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
}

/** The value of <kafka.version> in the pom. */
export function parseKafkaVersion(pom: string): string {
  const version = /<kafka\.version>([^<]+)</.exec(pom)?.[1];
  if (version === undefined) throw new Error('local/kafka/pom.xml names no <kafka.version>');
  return version;
}

/**
 * The jars of the pinned Kafka; the first time Maven downloads them. They appear under their name all at once, so a
 * download that was broken off, or two at a time, do no harm.
 * @throws ServiceError MAVEN_MISSING, KAFKA_JARS_FAILED
 */
export async function ensureKafkaJars({ cacheDir, env, log }: KafkaJarsOptions): Promise<KafkaJars> {
  const pom = await readFile(POM, 'utf8');
  const version = parseKafkaVersion(pom);
  // A changed pom (another log4j, say) gets a folder of its own.
  const pomDigest = createHash('sha256').update(pom).digest('hex').slice(0, 8);
  const folder = join(cacheDir, `kafka-${version}-${pomDigest}`);
  if (existsSync(folder)) return { version, folder };

  log(`Kafka: downloading the jars of ${version} (once)…`);
  await mkdir(cacheDir, { recursive: true });
  const download = await mkdtemp(join(cacheDir, 'download-'));
  try {
    await copyJars(download, env);
    await rename(download, folder);
  } catch (error) {
    await rm(download, { recursive: true, force: true });
    // Somebody else was faster: the target is there and holds the same jars.
    if (!existsSync(folder)) throw error;
  }
  return { version, folder };
}

async function copyJars(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const goals = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
  const { error, exitCode, output } = await runTool('mvn', ['-q', '-B', '-f', POM, ...goals], { env });
  if (error?.code === 'ENOENT') {
    throw new ServiceError(
      'MAVEN_MISSING',
      'The jars of Kafka are downloaded with Maven, and no mvn was found. Install it (Debian, Ubuntu: apt-get install maven; ' +
        'macOS: brew install maven), or set KAFKA_BROKERS to a Kafka that is already there, for example KAFKA_BROKERS=localhost:9092.',
      { cause: error },
    );
  }
  if (error || exitCode !== 0) {
    throw new ServiceError(
      'KAFKA_JARS_FAILED',
      'Maven could not download the jars of Kafka. Check the network (behind a proxy: settings.xml in the folder .m2 of your ' +
        `home), or set KAFKA_BROKERS to a Kafka that is already there. Maven said:\n${output.trim().split('\n').slice(-15).join('\n')}`,
      { cause: error },
    );
  }
}
