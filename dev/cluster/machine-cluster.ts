import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { environmentWith } from './config/environment.js';

/** As in the manifests, where Kubernetes assumes Docker Hub for names without a registry. */
const PREFIX = 'docker.io/messages-pipeline';
const IMAGES = ['producer', 'consumer', 'gateway', 'mart-init', 'sample-data', 'spark'];

/** Includes metrics-server, which autoscaling needs. */
const WITH_METRICS = { KUBE_METRICS: '1' };

const TOOLS =
  'a folder with the programs `kube`, which creates a cluster, and `base-images`, which builds the images that ours start from ' +
  '(docs/deploy-kubernetes.md)';

/** A Kubernetes cluster on this machine, created by the tools `kube` and `base-images`. */
export class MachineCluster {
  private readonly kube: string;
  private readonly baseImages: string;

  /** @throws Error if the tools are missing */
  constructor(tools: string | undefined) {
    if (tools === undefined) {
      throw new Error(
        `Neither KUBECONFIG nor KUBE_TOOLS is set. Set KUBECONFIG to use an existing cluster, such as one of kind, or KUBE_TOOLS to ${TOOLS}.`,
      );
    }
    this.kube = resolve(tools, 'kube');
    this.baseImages = resolve(tools, 'base-images');
    if (!existsSync(this.kube) || !existsSync(this.baseImages)) {
      throw new Error(
        `KUBE_TOOLS is ${tools}, which lacks these programs. It must name ${TOOLS}. Or set KUBECONFIG to use an existing cluster.`,
      );
    }
  }

  /** Prefix for commands that must run in the cluster's network with KUBECONFIG set. */
  get shell(): readonly string[] {
    return [this.kube, 'exec'];
  }

  /** Builds Kubernetes, the base images and our images if they are missing. The first time takes half an hour. */
  build(version: string): void {
    run('Kubernetes', this.kube, ['build'], WITH_METRICS);
    run('base images', this.baseImages, ['build']);
    run('images', 'deploy/images/build.sh', [PREFIX, version], {
      IMAGE_BUILD: `${this.baseImages} podman-build`,
      JARS: 'context',
    });
  }

  /**
   * Starts a new cluster with all images loaded.
   * @throws Error if a cluster is already running, because somebody may need its data
   */
  start(version: string): void {
    if (spawnSync(this.kube, ['status'], { stdio: 'ignore' }).status === 0) {
      throw new Error(`A cluster is already running on this machine. If nobody needs it, run ${this.kube} down.`);
    }
    // `up` would reuse the data of a cluster that did not shut down, after a power cut for example.
    run('data of an earlier cluster', this.kube, ['down']);
    run('cluster', this.kube, ['up'], WITH_METRICS);
    run('base images', this.baseImages, ['load', 'node', 'kafka', 'postgres', 'pgadmin']);
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
