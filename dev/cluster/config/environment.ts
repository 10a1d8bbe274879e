/** What npm run test:cluster is told by its environment. */
export interface ClusterEnvironment {
  /** A cluster that is there, whose images and nodes are other people's; absent: one of this machine. */
  readonly kubeconfig: string | undefined;
  /** Folder with the tools `kube` and `base-images` (docs/deploy-kubernetes.md). */
  readonly kubeTools: string | undefined;
  /** The cluster of this machine stays up when the tests have ended, and so does what was applied. */
  readonly keep: boolean;
}

export function readClusterEnvironment(env: NodeJS.ProcessEnv = process.env): ClusterEnvironment {
  return {
    kubeconfig: env.KUBECONFIG || undefined,
    kubeTools: env.KUBE_TOOLS || undefined,
    keep: env.KEEP === '1',
  };
}

/** The environment of a program that is told something more. */
export function environmentWith(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...more };
}
