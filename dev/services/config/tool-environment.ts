/** The environment for finding (PATH, JAVA_HOME) and running Java and Maven. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}
