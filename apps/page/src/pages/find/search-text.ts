import { signal } from '@preact/signals';

/**
 * What is looked for. Not in the page's address, unlike filters: addresses stay in the browser's history, in chats and in logs of
 * proxies, and ids name clients.
 */
export const searchText = signal('');
