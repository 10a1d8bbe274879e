import { dirname, join, resolve } from 'node:path';
import { ensureVirtualEnvironment, type InstallationOptions } from '../python/virtual-environment.js';
import { findJava, javaEnvironment } from '../services/java.js';
import { findProjectRoot } from '../services/project.js';
import { runTool } from '../services/run-tool.js';
import { sparkEnvironment } from './config/environment.js';

/** Where Spark is installed; it serves all runs and tests. */
export const LOCAL_SPARK = join(findProjectRoot(), '.local', 'spark');
export const SPARK_SOURCES = join(findProjectRoot(), 'spark');
/** Settings that hold wherever this Spark runs. */
export const CONF_DIR = join(SPARK_SOURCES, 'conf');

const WHERE_SPARK_IS = `
import importlib.metadata, importlib.util, os
print(importlib.metadata.version("pyspark"), os.path.dirname(importlib.util.find_spec("pyspark").origin))`;

/** What a Spark on this machine is made of. */
export interface SparkInstallation {
  /** The Python of the virtual environment. */
  readonly python: string;
  /** Spark's own folder with bin and jars. */
  readonly home: string;
  /** For example '4.2.0'. */
  readonly version: string;
  /** The environment in which Java and Python programs of Spark run. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Installs Spark and what spark/ needs, unless it is there already.
 * @param command what to run again after a failure, for example 'npm start -- --engine spark'
 * @throws ServiceError JAVA_MISSING, JAVA_TOO_OLD, and as ensureVirtualEnvironment
 */
export async function ensureSpark(command: string, options: InstallationOptions): Promise<SparkInstallation> {
  const java = await findJava({ name: 'Spark' }, sparkEnvironment({}));
  const spark = {
    name: 'Spark',
    title: 'Spark and its tools',
    size: '800 MB',
    command,
    oldestPython: [3, 11],
    requirements: join(SPARK_SOURCES, 'requirements.txt'),
    hashed: true,
    modules: 'pyspark, psycopg, pytest',
  } as const;
  const python = await ensureVirtualEnvironment(spark, options);
  const env = sparkEnvironment({
    ...javaEnvironment({}),
    // Spark looks there first, also where findJava passed it by.
    JAVA_HOME: java === 'java' ? undefined : dirname(dirname(resolve(java))),
    // Or there would be a __pycache__ beside every source.
    PYTHONDONTWRITEBYTECODE: '1',
  });
  const { output } = await runTool(python, ['-c', WHERE_SPARK_IS], { env });
  const [, version = '', home = ''] = /^(\S+) (.+)$/m.exec(output) ?? [];
  return { python, home, version, env };
}
