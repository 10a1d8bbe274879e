import { PAGES, type PageName } from '../../../apps/page/src/pages.js';

/** Pages that need a subject in their address. */
const QUERIES: Partial<Record<PageName, string>> = { campaign: '?type=bulk&id=1' };

/** Every page: what it is called, and an address on which it has something to show. */
export const EVERY_PAGE = PAGES.map(({ name, title }) => ({ name, title, path: name + (QUERIES[name] ?? '') }));
