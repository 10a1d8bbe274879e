import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { findProjectRoot } from '../../dev/services/project.js';
import { kustomize } from './kustomize.js';
import { describeChanges } from './manifest-changes.js';
import { formatManifests } from './manifests-text.js';

/** Rendered manifests for reviews. */
export const RENDERED_FOLDER = join('deploy', 'k8s', 'rendered');

/** The root of deploy/k8s. */
const ROOT_NAME = 'all';

/** The folders that the manifests are made of. */
const SOURCES = ['deploy', 'observability'];
/** Terraform writes it, so it is not in git; its example is. */
const SETTINGS = 'settings.env';
const EXAMPLE = 'settings.example.env';

/** YAML by name. */
export type Renderings = Readonly<Record<string, string>>;

/**
 * Renders all manifests: `all` (the root of deploy/k8s), `overlay-NAME` for each overlay, and `component-NAME` for each component
 * that the root does not have, on top of the root.
 *
 * @throws ServiceError KUBECTL_MISSING, KUSTOMIZE_FAILED
 */
export async function renderManifests(root = findProjectRoot()): Promise<Renderings> {
  return withSources(root, async (k8s, scratch) => {
    const folders = Object.entries(await foldersToRender(k8s, scratch));
    const texts = await Promise.all(folders.map(async ([name, folder]) => [name, await kustomize(folder)] as const));
    return Object.fromEntries(texts);
  });
}

/**
 * The files of RENDERED_FOLDER: the whole root, and for each overlay and component its changes to the root.
 * @returns the content by path
 */
export function renderedFiles(renderings: Renderings): Readonly<Record<string, string>> {
  const { [ROOT_NAME]: root, ...others } = renderings;
  const files = { [join(RENDERED_FOLDER, `${ROOT_NAME}.yaml`)]: formatManifests(root!) };
  for (const [name, text] of Object.entries(others)) {
    const command = `npm run --silent k8s:render -- ${name}`;
    const head = `# What ${name} changes in ${ROOT_NAME}.yaml. For the whole, run: ${command}\n\n`;
    files[join(RENDERED_FOLDER, `${name}.diff`)] = head + describeChanges(root!, text);
  }
  return files;
}

/**
 * Renders one overlay with a settings.env in place of its example.
 * @returns YAML
 * @throws ServiceError KUBECTL_MISSING, KUSTOMIZE_FAILED
 */
export async function renderOverlay(name: string, settings: string, root = findProjectRoot()): Promise<string> {
  return withSources(root, async (k8s) => {
    const folder = join(k8s, 'overlays', name);
    await writeFile(join(folder, SETTINGS), settings);
    return kustomize(folder);
  });
}

async function withSources<T>(root: string, use: (k8s: string, scratch: string) => Promise<T>): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), 'manifests-'));
  try {
    return await use(await copySources(root, scratch), scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Copies the sources, so that the settings of a real cluster are neither read nor overwritten. */
async function copySources(root: string, scratch: string): Promise<string> {
  // A folder such as .terraform holds hundreds of megabytes.
  const filter = (path: string) => !basename(path).startsWith('.') && !path.endsWith(RENDERED_FOLDER);
  for (const folder of SOURCES) await cp(join(root, folder), join(scratch, folder), { recursive: true, filter });
  const k8s = join(scratch, 'deploy', 'k8s');
  for (const example of await readdir(k8s, { recursive: true })) {
    if (basename(example) === EXAMPLE) await cp(join(k8s, example), join(k8s, example, '..', SETTINGS));
  }
  return k8s;
}

async function foldersToRender(k8s: string, scratch: string): Promise<Record<string, string>> {
  const folders: Record<string, string> = { [ROOT_NAME]: k8s };
  for (const overlay of await kustomizationsIn(join(k8s, 'overlays'))) {
    folders[`overlay-${overlay}`] = join(k8s, 'overlays', overlay);
  }
  const inRoot = await componentsOf(k8s);
  for (const component of await kustomizationsIn(join(k8s, 'components'))) {
    if (inRoot.includes(`components/${component}`)) continue;
    const folder = join(scratch, `component-${component}`);
    const kustomization = { resources: ['../deploy/k8s'], components: [`../deploy/k8s/components/${component}`] };
    await mkdir(folder);
    await writeFile(join(folder, 'kustomization.yaml'), stringify(kustomization));
    folders[`component-${component}`] = folder;
  }
  return folders;
}

async function componentsOf(folder: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, 'kustomization.yaml'), 'utf8');
  return (parse(text) as { components?: readonly string[] }).components ?? [];
}

async function kustomizationsIn(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const names = await readdir(folder);
  return names.filter((name) => existsSync(join(folder, name, 'kustomization.yaml'))).sort();
}
