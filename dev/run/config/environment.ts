/** Servers to use instead of starting them. */
export function configuredServers(): { kafkaBrokers?: string; databaseUrl?: string } {
  return { kafkaBrokers: process.env.KAFKA_BROKERS || undefined, databaseUrl: process.env.DATABASE_URL || undefined };
}

/** The environment of an app: this process's, overridden by `settings`, also where the environment names a file for a secret. */
export function appEnvironment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const env = { ...process.env, ...settings };
  for (const name of Object.keys(settings)) delete env[`${name}_FILE`];
  return env;
}

/** The analyst's password; on a server started here a random one unless set. */
export function configuredAnalystPassword(): string | undefined {
  return process.env.MART_ANALYST_PASSWORD || undefined;
}

/** Opens client-level endpoints; a random one unless set. */
export function configuredApiToken(): string | undefined {
  return process.env.GATEWAY_API_TOKEN || undefined;
}

/** Shorter than the job's default of one minute between micro-batches, because the summary waits for it. */
export function followerTriggerSeconds(): string {
  return process.env.SPARK_TRIGGER_SECONDS || '5';
}

/** Logs of a local run are read by people, so text unless set. */
export function logFormat(): string {
  return process.env.LOG_FORMAT || 'text';
}
