import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { toolEnvironment } from '../services/config/tool-environment.js';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const QUIET = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'].map((part) => `--disable-${part}`);

/**
 * Starts a real browser without a window.
 * @throws Error that says what to install if there is none
 */
export async function launchChromium(): Promise<Browser> {
  const environment = toolEnvironment();
  const given = environment.CHROMIUM;
  const executablePath = given ?? PLACES.find((place) => existsSync(place));
  if (executablePath === undefined || !existsSync(executablePath)) {
    throw new Error(
      `No Chromium (looked for ${given ?? PLACES.join(', ')}). Install it (Debian: apt-get install chromium), ` +
        'or set its path, for example CHROMIUM=/opt/chromium/chrome.',
    );
  }
  // Chromium's sandbox does not work as root, as in most containers.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: ['--no-first-run', ...QUIET, ...sandbox] });
}
