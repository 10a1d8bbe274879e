/** The mart named here is used in place of the one that `npm start` runs. */
export function givenMart(): string | undefined {
  return process.env.ANALYST_DATABASE_URL || undefined;
}

/** Of this process only what every program needs: PGPASSWORD, PYTHONPATH and the like would change what pgAdmin does. */
export function pgAdminEnvironment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, LANG, LC_ALL, TZ, TMPDIR } = process.env;
  return { PATH, LANG, LC_ALL, TZ, TMPDIR, ...settings };
}
