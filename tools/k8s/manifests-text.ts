import { parseAllDocuments, stringify } from 'yaml';

/** The fields that identify an object of Kubernetes. */
export interface Identified {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/**
 * The objects in YAML of one or more documents. Empty documents are skipped.
 * @throws YAMLParseError
 */
export function parseManifests(text: string): unknown[] {
  // As Kubernetes reads it: YAML 1.1, where 0444 is octal and `on` is true, but without dates and sexagesimal numbers.
  const documents = parseAllDocuments(text, {
    version: '1.1',
    customTags: (tags) =>
      tags.filter((tag) => typeof tag === 'string' || !(isSexagesimal(tag) || tag.tag.endsWith(':timestamp'))),
  });
  return documents.flatMap((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    const object: unknown = document.toJS();
    return object === null || object === undefined ? [] : [object];
  });
}

function isSexagesimal(tag: object): boolean {
  return 'format' in tag && tag.format === 'TIME';
}

/** The same objects, sorted and laid out in one way, so that the text does not depend on the version of kustomize. */
export function formatManifests(text: string): string {
  return (parseManifests(text) as Identified[])
    .map((object) => ({ object, key: sortKey(object) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ object }) => `---\n${layOut(object)}`)
    .join('');
}

/** YAML with sorted keys. */
export function layOut(value: unknown): string {
  return stringify(value, { version: '1.1', sortMapEntries: true, lineWidth: 0 });
}

/** Such as 'ConfigMap pipeline-settings', without the hash that kustomize appends to the name of a generated object. */
export function identityOf({ kind, metadata: { name } }: Identified): string {
  const isGenerated = kind === 'ConfigMap' || kind === 'Secret';
  return `${kind} ${isGenerated ? name.replace(/-[a-z0-9]{10}$/, '') : name}`;
}

function sortKey({ apiVersion, kind, metadata: { name, namespace } }: Identified): string {
  return [kind, name, namespace, apiVersion].join(' ');
}
