import { format, resolveConfig } from 'prettier';

/** Formats like `npm run format`, but also wraps prose, which that command preserves. */
export async function formatted(text: string, file: string): Promise<string> {
  return format(text, { ...(await resolveConfig(file)), filepath: file, proseWrap: 'always' });
}
