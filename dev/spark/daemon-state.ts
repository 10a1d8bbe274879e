/** The fields used here of the master's answer at /json. */
export interface MasterState {
  /** spark://host:port */
  readonly url: string;
  /** ALIVE; RECOVERING for a moment after a start. */
  readonly status: string;
  readonly workers: readonly WorkerState[];
  /** Number of applications that run or wait for cores. */
  readonly activeapps: readonly { readonly id: string; readonly name: string; readonly state: string }[];
}

export interface WorkerState {
  readonly id: string;
  /** ALIVE, or DEAD if it was lost. */
  readonly state: string;
  readonly cores: number;
  readonly coresused: number;
}

/** @throws Error if the master does not answer within 5 s */
export async function readMasterState(uiUrl: string): Promise<MasterState> {
  return (await readJson(uiUrl)) as MasterState;
}

/** @throws Error if the worker does not answer within 5 s */
export async function readWorkerId(uiUrl: string): Promise<string> {
  return ((await readJson(uiUrl)) as { id: string }).id;
}

async function readJson(uiUrl: string): Promise<unknown> {
  const response = await fetch(`${uiUrl}/json/`, { signal: AbortSignal.timeout(5000) });
  return response.json();
}
