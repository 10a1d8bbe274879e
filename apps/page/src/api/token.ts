import { signal } from '@preact/signals';

const KEY = 'messages-pipeline:token';

/** The token for client-level records; kept for this tab only. */
export const token = signal<string | null>(stored());

export function rememberToken(value: string): void {
  token.value = value;
  try {
    sessionStorage.setItem(KEY, value);
  } catch {
    // Storage is switched off: it lasts until the page is closed.
  }
}

export function forgetToken(): void {
  token.value = null;
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Storage is switched off.
  }
}

function stored(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}
