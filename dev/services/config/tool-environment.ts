/** The environment in which Java and Maven are looked up (PATH, JAVA_HOME) and run. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}
