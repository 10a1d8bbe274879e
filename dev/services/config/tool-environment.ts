/** The environment for finding (PATH, JAVA_HOME, CHROMIUM) and running programs. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}
