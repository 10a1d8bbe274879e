import { spawnSync } from 'node:child_process';
import { environmentOf } from './environment.js';
import type { Secrets } from './made-secrets.js';
import type { ManifestSet } from './manifest-set.js';

const JOB = 'job.py';
/** Other variables that the job, Spark's launchers and Python read. */
const OF_SPARK =
  /^(CONTRACT_FILE|POD_IP|_SPARK_AUTH_SECRET|PYSPARK_|PYTHON|SPARK_(LOCAL_DIRS|(DAEMON|WORKER|EXECUTOR|DRIVER)_[A-Z]+|CONF_DIR|NO_DAEMONIZE)$)/;

/** Reads a container's arguments and variables as the job does. Prints the error, or the variables that it has read. */
const READ = `
import json, sys
from messages_spark.config import ConfigError, read_config

class Environment(dict):
    asked = []
    def get(self, name, default=None):
        self.asked.append(name)
        return super().get(name, default)

given = json.load(sys.stdin)
try:
    read_config(given["arguments"], Environment(given["variables"]))
    print(json.dumps({"known": Environment.asked}))
except ConfigError as error:
    print(json.dumps({"problem": str(error)}))
`;

/**
 * What the Spark job rejects in its arguments and variables. Variables of a shared ConfigMap may be for other apps.
 *
 * @param python 3.11 or newer; needs no package
 * @throws Error if the job's configuration cannot be read at all
 */
export function sparkConfigViolations(set: ManifestSet, secrets: Secrets, python: string): string[] {
  return set.workloads.flatMap(({ id, containers }) =>
    containers.flatMap((container) => {
      const command = [...(container.command ?? []), ...(container.args ?? [])];
      const job = command.findIndex((part) => part.endsWith(`/${JOB}`));
      if (job < 0) return [];
      const { variables, own, parts } = environmentOf(set, container, secrets);
      const { known = [], problem } = read(python, command.slice(job + 1), variables);
      if (problem !== undefined) return [`${id}: ${problem}`];
      return own
        .filter((name) => !known.includes(name) && !parts.has(name) && !OF_SPARK.test(name))
        .map((name) => `${id}: does not know ${name}`);
    }),
  );
}

function read(python: string, args: readonly string[], variables: Readonly<Record<string, string>>) {
  const { stdout, stderr, status } = spawnSync(python, ['-c', READ], {
    input: JSON.stringify({ arguments: args, variables }),
    env: { ...process.env, PYTHONPATH: 'spark', PYTHONDONTWRITEBYTECODE: '1' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The Spark job rejects ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout) as { known?: string[]; problem?: string };
}
