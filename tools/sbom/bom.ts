/** The members of a CycloneDX document that are read here. */
export interface Bom {
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly type: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

const DEVELOPMENT = 'cdx:npm:package:development';

/**
 * Removes what is only installed for development from npm's document, and adds the packages of the Spark job. npm's own `--omit dev`
 * also removes production packages that a development package needs too, such as express.
 *
 * @param pageLicenses the page's licenses.md: its packages are development packages, but their code is in the page
 * @param requirements requirements files with pinned versions
 */
export function shippedBom(bom: Bom, pageLicenses: string, requirements: readonly string[]): Bom {
  const ofPage = new Set(
    [...pageLicenses.matchAll(/^## (\S+) - (\S+) /gm)].map(([, name, version]) => `${name}@${version}`),
  );
  const ofApps = bom.components.filter(
    ({ name, version, properties = [] }) =>
      ofPage.has(`${name}@${version}`) || !properties.some((property) => property.name === DEVELOPMENT),
  );
  const ofSpark = requirements.flatMap((text) => [...text.matchAll(/^([\w.-]+)==(\S+)/gm)].map(pythonComponent));
  const dropped = new Set(bom.components.map((each) => each['bom-ref']));
  for (const each of ofApps) dropped.delete(each['bom-ref']);
  return {
    ...bom,
    components: [...ofApps, ...ofSpark],
    dependencies: bom.dependencies
      .filter(({ ref }) => !dropped.has(ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => !dropped.has(other)) })),
  };
}

function pythonComponent([, name = '', version = '']: RegExpMatchArray): Component {
  const purl = `pkg:pypi/${name.toLowerCase()}@${version}`;
  return { type: 'library', 'bom-ref': purl, name, version, purl };
}
