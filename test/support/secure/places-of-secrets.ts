import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface Places {
  /** Folders whose files are searched. */
  readonly folders?: readonly string[];
  /** Texts by name, such as the log of an app. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** Where one of the secrets can be read: files, texts, and the command lines of all processes of this machine. */
export async function placesOf(
  secrets: readonly string[],
  { folders = [], texts = {} }: Places = {},
): Promise<readonly string[]> {
  if (secrets.some((secret) => secret.length < 4)) throw new Error('a secret is too short to be found');
  const shows = (content: string | Buffer) => secrets.some((secret) => content.includes(secret));
  const files = (await Promise.all(folders.map(filesBelow))).flat();
  return [
    ...[...files, ...(await commandLines())].filter((path) => shows(contentOf(path))),
    ...Object.entries(texts)
      .filter(([, text]) => shows(text))
      .map(([name]) => name),
  ];
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

async function commandLines(): Promise<string[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map((pid) => `/proc/${pid}/cmdline`);
}

/** Processes and files may end while they are listed. */
function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
