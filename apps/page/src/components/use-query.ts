import { useLocation } from 'preact-iso';

export type Query = Readonly<Record<string, string | undefined>>;

/** Parameters that mean a place in a list, which another filter or sort makes meaningless. */
const PLACES = ['cursor', 'previous'];

/** The filters of a page: they live in its address, so that a link shows the same to another person. */
export function useQuery() {
  const { query, path, route } = useLocation();

  /** Sets filters; undefined drops one. Returns to the first page of a list unless the change is the page itself. */
  const setQuery = (change: Query, options: { readonly replace?: boolean } = {}) =>
    route(path + searchOf(query, change), options.replace ?? false);

  /** Address of the page with other filters, for links. */
  const hrefOf = (change: Query) => `./${path.split('/').at(-1) ?? ''}${searchOf(query, change)}`;

  return { query: query as Query, setQuery, hrefOf };
}

function searchOf(query: Query, change: Query): string {
  const isPlace = Object.keys(change).some((name) => PLACES.includes(name));
  const kept = Object.entries(query).filter(([name]) => isPlace || !PLACES.includes(name));
  const merged = { ...Object.fromEntries(kept), ...change };
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(merged)) if (value !== undefined) search.set(name, value);
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
