/** What may break a rule, word for word as the rule reports it, and why. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  'Job/secrets: its pods get a token for the API server': 'makes the Secrets, which only the API server can take',
};
