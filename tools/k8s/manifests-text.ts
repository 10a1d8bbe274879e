import { parseAllDocuments, stringify } from 'yaml';

/** As much of an object of Kubernetes as is needed to tell it from others. */
interface Identified {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/**
 * The objects in YAML of one or more documents; empty documents are passed by.
 * @throws YAMLParseError
 */
export function parseManifests(text: string): unknown[] {
  // As Kubernetes reads it: YAML 1.1, in which 0444 is octal and `on` is true, but without its dates and its numbers to the base of 60.
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

/** The same objects in one order and one layout, so that only what they say can differ, not the version of kustomize. */
export function formatManifests(text: string): string {
  return (parseManifests(text) as Identified[])
    .map((object) => ({ object, key: sortKey(object) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ object }) => `---\n${stringify(object, { version: '1.1', sortMapEntries: true, lineWidth: 0 })}`)
    .join('');
}

function sortKey({ apiVersion, kind, metadata: { name, namespace } }: Identified): string {
  return [kind, name, namespace, apiVersion].join(' ');
}
