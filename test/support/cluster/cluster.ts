import { execFile, spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { findProjectRoot } from '../../../dev/services/project.js';
import type { Manifest } from '../manifests/kubernetes.js';
import { waitUntil } from '../wait-until.js';
import { Forward } from './forward.js';

export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly resourceVersion: string; readonly generation?: number };
}

interface Pod extends KubernetesObject {
  readonly spec: { readonly restartPolicy: string };
  readonly status: {
    readonly containerStatuses?: readonly { name: string; restartCount: number; lastState: object }[];
  };
}

export const NAMESPACE = 'messaging';

/** Generous: starting the whole pipeline on two cores takes minutes. */
const READY_WITHIN_MS = 600_000;

/** The cluster under test, controlled by kubectl. */
export class Cluster {
  /** Prefix of commands that run in the cluster's network; empty if this machine reaches the cluster. */
  private readonly shell = JSON.parse(process.env.CLUSTER_SHELL ?? '[]') as readonly string[];

  /**
   * @param input a text, or the path of a file as { file }
   * @throws Error with the output of kubectl
   */
  async kubectl(args: readonly string[], input?: string | { file: string }): Promise<string> {
    return this.run(['kubectl', '-n', NAMESPACE, ...args], input);
  }

  async list<T extends KubernetesObject>(...args: readonly string[]): Promise<readonly T[]> {
    return (JSON.parse(await this.kubectl(['get', ...args, '-o', 'json'])) as { items: T[] }).items;
  }

  async secret(name: string, key: string): Promise<string> {
    return this.kubectl(['get', `secret/${name}`, '-o', `go-template={{.data.${key} | base64decode}}`]);
  }

  /** kubectl apply -k */
  async apply(folder: string, ...more: readonly string[]): Promise<void> {
    await this.kubectl(['apply', '-k', join(findProjectRoot(), folder), ...more]);
  }

  /**
   * Applies objects as a dry run on the server, which stores nothing.
   * @param namespace replaces their own
   * @returns a line for each object
   * @throws Error with the errors and warnings of the API server
   */
  async dryRunApply(manifests: readonly Manifest[], namespace: string): Promise<readonly string[]> {
    const moved = manifests.map(({ metadata, ...manifest }) => ({
      ...manifest,
      metadata: metadata.namespace === undefined ? metadata : { ...metadata, namespace },
    }));
    const text = moved.map((manifest) => stringify(manifest, { version: '1.1' })).join('---\n');
    const output = await this.run(['kubectl', 'apply', '--dry-run=server', '--warnings-as-errors', '-f', '-'], text);
    return output.trim().split('\n');
  }

  /** kubectl delete -k; resolves when everything is deleted. */
  async delete(folder: string): Promise<void> {
    await this.kubectl(['delete', '-k', join(findProjectRoot(), folder), '--wait', '--timeout=300s']);
  }

  /** Whether the cluster was created for these tests. */
  get isOwn(): boolean {
    return this.shell.length > 0;
  }

  /** Ends every process of the node at once, as a power cut does. Its disks stay. */
  async restartNode(): Promise<void> {
    const [kube] = this.shell;
    for (const args of [['down', '--keep'], ['up']]) await promisify(execFile)(kube!, args);
  }

  /** Waits until every Job has ended and every pod of Deployments and StatefulSets is ready. */
  async waitUntilReady(): Promise<void> {
    for (const kind of ['deployment', 'statefulset']) {
      for (const { metadata } of await this.list(kind)) {
        await this.kubectl(['rollout', 'status', `${kind}/${metadata.name}`, `--timeout=${READY_WITHIN_MS / 1000}s`]);
      }
    }
    await waitUntil('all Jobs have ended', () => this.jobsHaveEnded(), READY_WITHIN_MS);
  }

  /** Restarted containers, such as 'kafka-0/kafka: 2', with how they ended. Jobs are left out, as they may retry. */
  async restarts(): Promise<readonly string[]> {
    const lasting = (await this.list<Pod>('pods')).filter(({ spec }) => spec.restartPolicy === 'Always');
    return lasting.flatMap(({ metadata, status }) =>
      (status.containerStatuses ?? [])
        .filter(({ restartCount }) => restartCount > 0)
        .map(
          (container) =>
            `${metadata.name}/${container.name}: ${container.restartCount} ${JSON.stringify(container.lastState)}`,
        ),
    );
  }

  forward(target: string, port: number): Promise<Forward> {
    return Forward.open(this.shell, NAMESPACE, target, port);
  }

  /** Copies a file into the volume that the producer watches, and renames it when it is complete. */
  async putFile(path: string, name: string): Promise<void> {
    const { size } = await stat(path);
    const whole = `[ "$(stat -c %s /data/.incoming)" = ${size} ]`;
    const script = `cat > /data/.incoming && ${whole} && mv /data/.incoming /data/${name}`;
    await this.kubectl(['exec', '-i', 'deploy/producer', '--', 'sh', '-c', script], { file: path });
  }

  /** Runs a program of this machine in a network that reaches the cluster. */
  async run([command, ...args]: readonly string[], input?: string | { file: string }): Promise<string> {
    const [program, ...words] = [...this.shell, command!, ...args];
    const child = spawn(program!, words, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const source = typeof input === 'object' ? createReadStream(input.file) : Readable.from([input ?? '']);
    // If a program stops reading early, its exit code says why.
    await pipeline(source, child.stdin).catch(() => undefined);
    if ((await ended) !== 0) throw new Error(`${[command, ...args].join(' ')}: ${errors || output}`);
    return output;
  }

  private async jobsHaveEnded(): Promise<boolean> {
    const jobs = await this.list<KubernetesObject & { status: { succeeded?: number } }>('jobs');
    return jobs.every(({ status }) => (status.succeeded ?? 0) > 0);
  }
}
