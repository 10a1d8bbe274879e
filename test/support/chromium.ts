import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const QUIET = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'].map((part) => `--disable-${part}`);

/**
 * A real browser, without a window.
 * @throws Error that says what to install when there is none
 */
export async function launchChromium(): Promise<Browser> {
  const given = process.env.CHROMIUM;
  const executablePath = given ?? PLACES.find((place) => existsSync(place));
  if (executablePath === undefined || !existsSync(executablePath)) {
    throw new Error(
      `No Chromium (looked for ${given ?? PLACES.join(', ')}). Install it (Debian: apt-get install chromium), ` +
        'or say where it is, for example CHROMIUM=/opt/chromium/chrome.',
    );
  }
  // As root, in a container above all, its sandbox does not work.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: ['--no-first-run', ...QUIET, ...sandbox] });
}
