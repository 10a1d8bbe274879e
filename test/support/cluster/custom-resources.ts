import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Files with definitions, by Go module: the module proxy serves them by name and version. */
const DEFINITIONS: Readonly<Record<string, readonly string[]>> = {
  'github.com/kedacore/keda/v2@v2.21.0': ['config/crd/bases/keda.sh_scaledobjects.yaml'],
  'github.com/prometheus-operator/prometheus-operator@v0.85.0': [
    'example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml',
    'example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml',
  ],
  'github.com/GoogleCloudPlatform/prometheus-engine@v0.12.0': [
    'charts/operator/crds/monitoring.googleapis.com_podmonitorings.yaml',
  ],
};

/**
 * Downloads the CustomResourceDefinitions that the components use, with Go.
 * @returns their paths
 * @throws Error with the output of Go
 */
export async function downloadDefinitions(): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const [module, files] of Object.entries(DEFINITIONS)) {
    // Outside of this project, which is not a Go module.
    const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', module], { cwd: tmpdir() });
    const { Dir: folder } = JSON.parse(stdout) as { Dir: string };
    paths.push(...files.map((file) => join(folder, file)));
  }
  return paths;
}
