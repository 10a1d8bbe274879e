import { useEffect, useRef, useState } from 'preact/hooks';
import { connection, pipeline } from '../stream/pipeline-stream.js';
import { martChange, type MartChange } from './mart-change.js';
import { read, type Answer, type ApiPath } from './api.js';
import { ApiProblem } from './problem.js';
import { untilRefresh } from './refresh-times.js';

/** After an error; also without a change. */
const RETRY_MS = 5000;

export interface ApiState<P extends ApiPath> {
  /** The newest answer, also while a newer one is read or after an error. It belongs to `address`. */
  readonly body: Answer<P> | null;
  /** ms since the epoch at which the answer was made. */
  readonly at: number | null;
  readonly isLoading: boolean;
  readonly problem: ApiProblem | null;
  /** Address of the request, relative to the page. */
  readonly address: string;
  readonly reload: () => void;
}

export interface ApiOptions {
  /** Read again when the mart changes; default true. False for slow questions. */
  readonly live?: boolean;
  /** Sends the token. */
  readonly withToken?: boolean;
}

type Current<P extends ApiPath> = Omit<ApiState<P>, 'reload'>;

/**
 * Reads an address and keeps it fresh: again when the stream reports a change of the mart, about every 30 s, and not
 * while the tab is hidden.
 *
 * @param address from `addressOf`; null reads nothing
 */
export function useApi<P extends ApiPath>(address: string | null, options: ApiOptions = {}): ApiState<P> {
  const { live = true, withToken = false } = options;
  const nothing = { body: null, at: null, problem: null, address: address ?? '' };
  const [state, setState] = useState<Current<P>>({ ...nothing, isLoading: address !== null });
  const reloadNow = useRef(() => {});

  useEffect(() => {
    if (address === null) {
      setState({ ...nothing, isLoading: false });
      return;
    }
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let readAt = -Infinity;
    let isReading = false;
    /** The newest change that the answer certainly contains. */
    let seen: MartChange | undefined;
    setState((last) => (last.address === address ? { ...last, isLoading: true } : { ...nothing, isLoading: true }));

    const load = async () => {
      if (isReading) return;
      clearTimeout(timer);
      isReading = true;
      readAt = performance.now();
      const change = martChange.peek();
      try {
        const { body, at, completeUntil } = await read<P>(address, abort.signal, withToken);
        // The gateway may have made its answer before the change, as it caches answers.
        seen = completeUntil > change.knownAt ? change : undefined;
        setState({ body, at, isLoading: false, problem: null, address });
        isReading = false;
        plan();
      } catch (error) {
        if (abort.signal.aborted) return;
        isReading = false;
        const problem =
          error instanceof ApiProblem ? error : new ApiProblem('page', 'Error of the page', String(error), null);
        setState((last) => ({ ...last, isLoading: false, problem, address }));
        if (live && isTemporary(problem)) timer = setTimeout(() => void load(), RETRY_MS);
      }
    };
    const plan = () => {
      if (!live || isReading || document.visibilityState === 'hidden' || martChange.peek() === seen) return;
      clearTimeout(timer);
      timer = setTimeout(() => void load(), untilRefresh(address, performance.now() - readAt, gatewayNow()));
    };

    reloadNow.current = () => {
      setState((last) => ({ ...last, isLoading: true }));
      void load();
    };
    void load();
    const stopWatching = martChange.subscribe(plan);
    document.addEventListener('visibilitychange', plan);
    return () => {
      abort.abort();
      clearTimeout(timer);
      stopWatching();
      document.removeEventListener('visibilitychange', plan);
    };
  }, [address, live, withToken]);

  // Until the effect has run, the state is that of the previous address.
  const current = state.address === (address ?? '') ? state : { ...nothing, isLoading: address !== null };
  return { ...current, reload: () => reloadNow.current() };
}

/** The gateway's time in ms since the epoch, the same for all pages; that of this machine before the first event. */
function gatewayNow(): number {
  const [state, { receivedAt }] = [pipeline.peek(), connection.peek()];
  return state === null || receivedAt === null ? Date.now() : Date.parse(state.at) + Date.now() - receivedAt;
}

function isTemporary({ status, kind }: ApiProblem): boolean {
  return kind !== 'page' && (status === null || status === 429 || status >= 500);
}
