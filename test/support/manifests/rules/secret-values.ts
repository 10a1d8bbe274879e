import type { Rule } from '../rule.js';
import { idOf } from '../workload.js';

const PATTERNS: Readonly<Record<string, RegExp>> = {
  // $(NAME) and $NAME are references, not secrets.
  'a password in a URL': /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:(?!\$)[^\s/@]+@/i,
  'a private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  'a password as an option': /--?(?:password|token|secret)[= ](?!\$)\S+/i,
  'a Google service account key': /"private_key(?:_id)?"\s*:/,
};
const SECRET_NAME = /PASSWORD|SECRET|TOKEN|API_?KEY/i;

export const secretValues: Rule = {
  name: 'the manifests contain no password or key',
  violations: (set) => [
    ...set.ofKind('Secret').map((secret) => `${idOf(secret)}: a Secret in git`),
    ...set.workloads.flatMap(({ id, containers }) =>
      containers.flatMap(({ name, env = [] }) =>
        env
          // Neither a file name nor a flag that requires a password is a secret.
          .filter((variable) => SECRET_NAME.test(variable.name) && !/_FILE$/.test(variable.name))
          .filter(({ value = '' }) => !/^$|\$\(|^(true|false)$/i.test(value))
          .map((variable) => `${id}, container ${name}: the value of ${variable.name}`),
      ),
    ),
    ...set.manifests.flatMap((manifest) => {
      const texts = stringsIn(manifest);
      return Object.entries(PATTERNS)
        .filter(([, pattern]) => texts.some((text) => pattern.test(text)))
        .map(([what]) => `${idOf(manifest)}: ${what}`);
    }),
  ],
};

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(stringsIn) : [];
}
