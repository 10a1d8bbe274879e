import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments, stringify } from 'yaml';
import { Cluster } from '../support/cluster/cluster.js';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { namespace?: string };
}

const RENDERED = new URL('../../deploy/k8s/rendered/', import.meta.url);
const NAMESPACE = 'messaging-accepted';
/** Kinds that others bring to a cluster: KEDA and the Prometheus operator. */
const OF_OTHERS = /^(keda\.sh|monitoring\.coreos\.com)\//;

describe('the API server accepts', () => {
  const cluster = new Cluster();

  beforeAll(async () => {
    await cluster.run(['kubectl', 'create', 'namespace', NAMESPACE]);
    // Of a Deployment, whose pods come later, Pod Security can only warn.
    await cluster.run(['kubectl', 'label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/warn=restricted']);
  });
  afterAll(() => cluster.run(['kubectl', 'delete', 'namespace', NAMESPACE]));

  it.each(readdirSync(RENDERED))('%s, without a warning', async (file) => {
    const manifests = parseAllDocuments(readFileSync(new URL(file, RENDERED), 'utf8'), { version: '1.1' })
      .map((document) => document.toJS() as Manifest)
      .filter(({ apiVersion, kind }) => !OF_OTHERS.test(apiVersion) && kind !== 'Namespace');
    // Where nothing stands that some of them may not change.
    for (const { metadata } of manifests) if (metadata.namespace !== undefined) metadata.namespace = NAMESPACE;
    const text = manifests.map((manifest) => stringify(manifest, { version: '1.1' })).join('---\n');
    const output = await cluster.run(['kubectl', 'apply', '--dry-run=server', '--warnings-as-errors', '-f', '-'], text);

    expect(output.trim().split('\n')).toHaveLength(manifests.length);
  });
});
