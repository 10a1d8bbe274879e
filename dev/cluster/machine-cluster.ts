import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { environmentWith } from './config/environment.js';

/** As the manifests name them; without a registry Kubernetes takes the first name to be Docker Hub's. */
const PREFIX = 'docker.io/messages-pipeline';
const IMAGES = ['producer', 'consumer', 'gateway', 'mart-init', 'sample-data', 'spark'];

/** With metrics-server, by which pods are scaled. */
const WITH_METRICS = { KUBE_METRICS: '1' };

/** A Kubernetes of this machine, by the tools `kube` (the cluster) and `base-images` (images without a registry). */
export class MachineCluster {
  private readonly kube: string;
  private readonly baseImages: string;

  /** @throws Error when the tools are not there */
  constructor(tools: string | undefined) {
    if (tools === undefined) {
      throw new Error(
        'Set KUBECONFIG to the configuration of a cluster, such as one of kind, or KUBE_TOOLS to the folder of the tools that create one.',
      );
    }
    this.kube = resolve(tools, 'kube');
    this.baseImages = resolve(tools, 'base-images');
    if (!existsSync(this.kube) || !existsSync(this.baseImages)) {
      throw new Error(
        `KUBE_TOOLS=${tools}: the folder has no cluster tools. Correct it, or set KUBECONFIG to use an existing cluster.`,
      );
    }
  }

  /** What a command stands behind that must run in the cluster's network, with KUBECONFIG set. */
  get shell(): readonly string[] {
    return [this.kube, 'exec'];
  }

  /** Builds what is missing: Kubernetes, the images that ours start from, and ours. Minutes the first time. */
  build(version: string): void {
    run('Kubernetes', this.kube, ['build'], WITH_METRICS);
    run('images to start from', this.baseImages, ['build']);
    run('images', 'deploy/images/build.sh', [PREFIX, version], {
      IMAGE_BUILD: `${this.baseImages} podman-build`,
      JARS: 'context',
    });
  }

  /**
   * A fresh cluster with all images in it.
   * @throws Error when one runs already, which may hold what somebody wants to keep
   */
  start(version: string): void {
    if (spawnSync(this.kube, ['status'], { stdio: 'ignore' }).status === 0) {
      throw new Error(`A cluster of this machine runs already. If nobody needs it: ${this.kube} down`);
    }
    // What one has left that did not end by itself, after a power cut say: `up` would go on with it.
    run('data of an earlier cluster', this.kube, ['down']);
    run('cluster', this.kube, ['up'], WITH_METRICS);
    run('images to start from', this.baseImages, ['load', 'node', 'kafka', 'postgres', 'pgadmin']);
    const folder = mkdtempSync(join(tmpdir(), 'images-'));
    try {
      const archive = join(folder, 'images.tar');
      const references = IMAGES.map((name) => `${PREFIX}/${name}:${version}`);
      run('archive of images', 'podman', [
        'save',
        '--quiet',
        '--multi-image-archive',
        '--output',
        archive,
        ...references,
      ]);
      run('images', this.kube, ['load', archive]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  stop(): void {
    run('cluster', this.kube, ['down']);
  }
}

function run(what: string, command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const began = Date.now();
  console.log(`cluster     ${what}: ${[command.split('/').at(-1), ...args.slice(0, 1)].join(' ')}…`);
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: environmentWith(env),
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? `${stdout}${stderr}`.slice(-4000)}`);
  }
  console.log(`cluster     ${what}: done in ${Math.round((Date.now() - began) / 1000)} s`);
}
