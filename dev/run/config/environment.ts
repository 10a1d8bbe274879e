/** Servers named here are used in place of those that the run would start itself. */
export function givenServers(): { kafkaBrokers?: string; databaseUrl?: string } {
  return { kafkaBrokers: process.env.KAFKA_BROKERS || undefined, databaseUrl: process.env.DATABASE_URL || undefined };
}

/** The environment of an app: that of this process, with what the run decides. */
export function appEnvironment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...settings };
}

/** The analyst's password for a given server; on a server that the run starts itself one is made up. */
export function givenAnalystPassword(): string | undefined {
  return process.env.MART_ANALYST_PASSWORD || undefined;
}

/** A follower's usual minute between micro-batches is long for somebody who waits for the summary. */
export function followerTriggerSeconds(): string {
  return process.env.SPARK_TRIGGER_SECONDS || '5';
}
