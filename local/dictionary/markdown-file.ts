import { format, resolveConfig } from 'prettier';

/** As `npm run format` would leave it; lines are filled, which that command leaves to the author. */
export async function formatted(markdown: string, file: string): Promise<string> {
  return format(markdown, { ...(await resolveConfig(file)), filepath: file, proseWrap: 'always' });
}
