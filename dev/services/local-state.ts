import { join } from 'node:path';

/** Everything that runs on this machine keeps its data, logs and downloads here. Not in git. */
export const STATE_DIR = '.local';
export const LOG_DIR = join(STATE_DIR, 'logs');

/** URLs of the mart with passwords, for `psql "$(cat .local/analyst-url)"`: the owner's and the read-only analyst's. */
export const OWNER_URL_FILE = join(STATE_DIR, 'database-url');
export const ANALYST_URL_FILE = join(STATE_DIR, 'analyst-url');

/** The gateway's token, which opens single messages and the bytes of quarantined records. */
export const API_TOKEN_FILE = join(STATE_DIR, 'api-token');
