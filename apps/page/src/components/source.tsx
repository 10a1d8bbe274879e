import { createContext, type ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import type { ApiPath } from '../api/api.js';

/** Where figures come from: their explanation links to it. */
export interface FigureSource {
  readonly path: ApiPath;
  /** Address relative to the page, with its filters. */
  readonly address: string;
  /** ms since the epoch at which the answer was made. */
  readonly at: number | null;
  /** Needs the token, which a link cannot send: explanations show the SQL only. */
  readonly isPrivate?: boolean;
}

const Context = createContext<FigureSource | null>(null);

/** Figures and tables inside belong to this answer of the REST interface. */
export function Source({ children, ...source }: FigureSource & { readonly children: ComponentChildren }) {
  return <Context.Provider value={source}>{children}</Context.Provider>;
}

export function useSource(): FigureSource | null {
  return useContext(Context);
}
