import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { findProjectRoot } from '../../dev/services/project.js';
import { kustomize } from './kustomize.js';
import { formatManifests } from './manifests-text.js';

/** Relative to the project: where the copies are that are in git. */
export const RENDERED_FOLDER = join('deploy', 'k8s', 'rendered');

/** What the manifests may be made of. */
const SOURCES = ['deploy', 'observability'];
/** Written by Terraform, so not in git; its example is. */
const SETTINGS = 'settings.env';
const EXAMPLE = 'settings.example.env';

/**
 * Renders all manifests: `all` (the root of deploy/k8s), `overlay-NAME` for each overlay, `component-NAME` for each other component
 * on top of the root.
 *
 * @returns the file by its path in the project
 * @throws ServiceError KUBECTL_MISSING, KUSTOMIZE_FAILED
 */
export async function renderManifests(root = findProjectRoot()): Promise<Readonly<Record<string, string>>> {
  return withSources(root, async (k8s, scratch) => {
    const rendered: Record<string, string> = {};
    for (const [name, folder] of Object.entries(await foldersToRender(k8s, scratch))) {
      rendered[join(RENDERED_FOLDER, `${name}.yaml`)] = formatManifests(await kustomize(folder));
    }
    return rendered;
  });
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

/** A copy, so that settings of a real cluster are neither read nor overwritten. */
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
  const folders: Record<string, string> = { all: k8s };
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
