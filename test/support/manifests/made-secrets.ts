import { createContext, SourceTextModule, SyntheticModule } from 'node:vm';
import { randomBytes } from 'node:crypto';
import type { ConfigMap, Labels } from './kubernetes.js';
import type { ManifestSet } from './manifest-set.js';

/** What a Secret holds, by its name. */
export type Secrets = Readonly<Record<string, Labels>>;

/** The Secrets that the manifests' own Job would make, by running its script against an API server that takes everything. */
export async function madeSecrets(set: ManifestSet): Promise<Secrets> {
  const script = set.find<ConfigMap>('ConfigMap', 'make-secrets')?.data?.['make-secrets.mjs'];
  if (script === undefined) return {};
  const secrets: Record<string, Labels> = {};
  const fetch = (_url: string, { body }: { body: string }) => {
    const { metadata, stringData } = JSON.parse(body) as { metadata: { name: string }; stringData: Labels };
    secrets[metadata.name] = stringData;
    return Promise.resolve({ ok: true, status: 201 });
  };
  const context = createContext({ fetch, AbortSignal, Buffer, console: { log: () => undefined } });
  const modules: Record<string, Record<string, unknown>> = {
    'node:crypto': { randomBytes },
    'node:fs/promises': { readFile: () => Promise.resolve('something') },
  };
  const module = new SourceTextModule(script, { context, identifier: 'make-secrets.mjs' });
  await module.link((specifier) => {
    const exported = modules[specifier];
    if (exported === undefined) throw new Error(`make-secrets.mjs imports ${specifier}, which this test does not know`);
    return new SyntheticModule(
      Object.keys(exported),
      function () {
        for (const [name, value] of Object.entries(exported)) this.setExport(name, value);
      },
      { context },
    );
  });
  await module.evaluate();
  return secrets;
}
