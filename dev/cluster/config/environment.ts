/** The environment variables of npm run test:cluster. */
export interface ClusterEnvironment {
  /** Configuration of an existing cluster, which already has the images; if absent, the tests create a cluster. */
  readonly kubeconfig: string | undefined;
  /** Folder with the tools `kube` and `base-images` (docs/deploy-kubernetes.md); required without `kubeconfig`. */
  readonly kubeTools: string | undefined;
  /** Keep the created cluster, with everything applied to it, after the tests. */
  readonly keep: boolean;
}

export function readClusterEnvironment(env: NodeJS.ProcessEnv = process.env): ClusterEnvironment {
  return {
    kubeconfig: env.KUBECONFIG || undefined,
    kubeTools: env.KUBE_TOOLS || undefined,
    keep: env.KEEP === '1',
  };
}

/** The environment of this process with further variables. */
export function environmentWith(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...more };
}
