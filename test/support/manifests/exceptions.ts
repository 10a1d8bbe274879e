/** Allowed violations, word for word as the rule reports them, with the reason. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  'Job/secrets: its pods get a token for the API server': 'creates the Secrets through the API server',
};
