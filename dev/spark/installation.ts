import { dirname, join, resolve } from 'node:path';
import { ensureVirtualEnvironment, type InstallationOptions } from '../python/virtual-environment.js';
import { findJava, javaEnvironment } from '../services/java.js';
import { findProjectRoot } from '../services/project.js';
import { runTool } from '../services/run-tool.js';
import { sparkEnvironment } from './config/environment.js';

/** Where Spark is installed; all runs and tests share it. */
export const LOCAL_SPARK = join(findProjectRoot(), '.local', 'spark');
export const SPARK_SOURCES = join(findProjectRoot(), 'spark');
/** Settings for every use of this Spark. */
export const CONF_DIR = join(SPARK_SOURCES, 'conf');

const WHERE_SPARK_IS = `
import importlib.metadata, importlib.util, os
print(importlib.metadata.version("pyspark"), os.path.dirname(importlib.util.find_spec("pyspark").origin))`;

/** A Spark installation on this machine. */
export interface SparkInstallation {
  /** The path of the virtual environment's Python. */
  readonly python: string;
  /** SPARK_HOME, with bin and jars. */
  readonly home: string;
  /** For example '4.2.0'. */
  readonly version: string;
  /** The environment for Spark's Java and Python programs. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Installs Spark and the packages of spark/ if they are missing.
 * @param command to run again after a failure, for example 'npm start -- --engine spark'
 * @throws ServiceError JAVA_MISSING, JAVA_TOO_OLD, and the codes of ensureVirtualEnvironment
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
    // Spark prefers JAVA_HOME, even if findJava rejected it.
    JAVA_HOME: java === 'java' ? undefined : dirname(dirname(resolve(java))),
    // Otherwise Python would write a __pycache__ next to every source.
    PYTHONDONTWRITEBYTECODE: '1',
  });
  const { output } = await runTool(python, ['-c', WHERE_SPARK_IS], { env });
  const [, version = '', home = ''] = /^(\S+) (.+)$/m.exec(output) ?? [];
  return { python, home, version, env };
}
