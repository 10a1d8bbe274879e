import { format, resolveConfig } from 'prettier';

/** As `npm run format` would leave it; lines are filled, which that command leaves to the author. */
export async function formatted(text: string, file: string): Promise<string> {
  return format(text, { ...(await resolveConfig(file)), filepath: file, proseWrap: 'always' });
}
