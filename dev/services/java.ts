import { join } from 'node:path';
import { runTool } from './run-tool.js';
import { ServiceError } from './service-error.js';

/** The minimum of Kafka 4 and Spark 4. */
const OLDEST_JAVA = 17;

const HOW_TO_INSTALL =
  'Install it (Debian, Ubuntu: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk@17 and set JAVA_HOME)';

/** What needs Java, for error messages. */
export interface JavaUser {
  /** For example 'Kafka'. */
  readonly name: string;
  /** An alternative to installing Java, for example 'or set KAFKA_BROKERS to …'. */
  readonly orElse?: string;
}

/** 8 for `version "1.8.0_392"`, 17 for `version "17.0.15"`, 24 for `version "24-ea"`; undefined if the output holds no version. */
export function parseJavaVersion(output: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(output);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** The environment for a Java program. In the POSIX locale, Java cannot open files with non-ASCII names. */
export function javaEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, LC_ALL: 'C.UTF-8' };
}

/**
 * The java program to use: that of JAVA_HOME if new enough, else the one on the PATH.
 * @throws ServiceError JAVA_MISSING, JAVA_TOO_OLD
 */
export async function findJava({ name, orElse }: JavaUser, env: NodeJS.ProcessEnv): Promise<string> {
  const candidates = [...(env.JAVA_HOME ? [join(env.JAVA_HOME, 'bin', 'java')] : []), 'java'];
  let tooOld: string | undefined;
  for (const java of candidates) {
    const { output, exitCode } = await runTool(java, ['-version'], { env });
    const version = exitCode === 0 ? parseJavaVersion(output) : undefined;
    if (version !== undefined && version >= OLDEST_JAVA) return java;
    if (version !== undefined) tooOld ??= `${java} is version ${version}`;
  }
  const needed = `${name} needs Java ${OLDEST_JAVA} or newer`;
  const whatToDo = `${[HOW_TO_INSTALL, orElse].filter(Boolean).join(', ')}.`;
  if (tooOld !== undefined) throw new ServiceError('JAVA_TOO_OLD', `${needed}, but ${tooOld}. ${whatToDo}`);
  throw new ServiceError('JAVA_MISSING', `${needed}, and none was found. ${whatToDo}`);
}
