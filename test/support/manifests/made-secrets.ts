import { createContext, SourceTextModule, SyntheticModule } from 'node:vm';
import type { ConfigMap, Labels } from './kubernetes.js';
import type { ManifestSet } from './manifest-set.js';

/** The content of Secrets by name. */
export type Secrets = Readonly<Record<string, Labels>>;

const FILES_OF_THE_POD = { readFile: () => Promise.resolve('token or namespace') };

/** The Secrets that the Job `secrets` creates, from running its script against a fake API server. */
export async function madeSecrets(set: ManifestSet): Promise<Secrets> {
  const script = set.find<ConfigMap>('ConfigMap', 'make-secrets')?.data?.['make-secrets.mjs'];
  if (script === undefined) return {};
  const secrets: Record<string, Labels> = {};
  const fetch = (_url: string, { body }: { body: string }) => {
    const { metadata, stringData } = JSON.parse(body) as { metadata: { name: string }; stringData: Labels };
    secrets[metadata.name] = stringData;
    return Promise.resolve({ ok: true, status: 201 });
  };
  const context = createContext({ fetch, AbortSignal, process: { env: {} }, console: { log: () => undefined } });
  const module = new SourceTextModule(script, { context, identifier: 'make-secrets.mjs' });
  await module.link(async (specifier) => {
    const exported = specifier === 'node:fs/promises' ? FILES_OF_THE_POD : ((await import(specifier)) as object);
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
