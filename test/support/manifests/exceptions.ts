/** What may break a rule, word by word as the rule complains, and why. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  'Job/secrets: its pods get a token for the API server': 'makes the Secrets, which only the API server can take',
};
