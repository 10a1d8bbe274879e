/** URL of the mart to use instead of the one that `npm start` runs. */
export function configuredMart(): string | undefined {
  return process.env.ANALYST_DATABASE_URL || undefined;
}

/** Only the variables that every program needs: PGPASSWORD, PYTHONPATH and others would change what pgAdmin does. */
export function pgAdminEnvironment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, LANG, LC_ALL, TZ, TMPDIR } = process.env;
  return { PATH, LANG, LC_ALL, TZ, TMPDIR, ...settings };
}
