import { ensureSchemas, LOCAL_K8S } from '../../dist/tools/k8s/schemas.js';

/** Installs the schemas of Kubernetes where they are missing, once for all suites, and tells these where they are. */
export default async function install() {
  const { python, folder } = await ensureSchemas({ folder: LOCAL_K8S, log: (line) => console.log(line) });
  process.env.KUBERNETES_SCHEMAS = folder;
  process.env.MANIFESTS_PYTHON = python;
}
