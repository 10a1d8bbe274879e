// Creates the Secrets of the pipeline with random passwords. Existing Secrets stay as they are, so this may run any number of
// times. It needs only the right to create: a status of 409 means that a Secret exists.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const account = '/var/run/secrets/kubernetes.io/serviceaccount';
const [token, namespace] = await Promise.all(
  ['token', 'namespace'].map((name) => readFile(`${account}/${name}`, 'utf8')),
);

// Only characters that need no quoting in a URL or in a password file.
const password = () => randomBytes(24).toString('base64url');
const analyst = password();

const secrets = {
  'postgres-owner': { password: password() },
  'postgres-app': { password: password() },
  // pgAdmin's password file for the analyst: host, port, database, role, password.
  'postgres-analyst': { password: analyst, pgpass: `postgres:5432:messaging:analyst:${analyst}` },
  'pgadmin-login': { password: password() },
  'gateway-api': { token: password() },
  // By which Spark's master, workers, driver and executors know each other.
  'spark-auth': { secret: password() },
};

// By address, as the cluster's DNS may still be starting.
const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;

async function create(name, stringData) {
  const response = await fetch(`https://${host}:${port}/api/v1/namespaces/${namespace}/secrets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name,
        labels: {
          'app.kubernetes.io/name': name,
          'app.kubernetes.io/component': 'secrets',
          'app.kubernetes.io/part-of': 'messages-pipeline',
          'app.kubernetes.io/managed-by': 'make-secrets',
        },
      },
      type: 'Opaque',
      stringData,
    }),
    signal: AbortSignal.timeout(10_000),
  });
  if (response.ok) console.log(`${name}: created`);
  else if (response.status === 409) console.log(`${name}: exists, not changed`);
  else throw new Error(`${name}: ${response.status} ${await response.text()}`);
}

for (const [name, stringData] of Object.entries(secrets)) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await create(name, stringData);
      break;
    } catch (error) {
      if (attempt === 10) throw error;
      console.log(`${error.message} (${error.cause?.message ?? 'no answer'}), retrying`);
      await sleep(1000 * attempt);
    }
  }
}
