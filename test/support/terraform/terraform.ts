import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The initialised copy of deploy/terraform, made by the global setup. */
export const COPY = process.env.TERRAFORM_COPY!;

/** One `run` of a test file. */
export interface TestRun {
  readonly file: string;
  readonly run: string;
  readonly status: 'pass' | 'fail' | 'error' | 'skip';
  /** The errors that it reported. */
  readonly errors: readonly string[];
  readonly plan?: Plan;
}

export interface Plan {
  readonly output_changes: Readonly<Record<string, { readonly after: unknown }>>;
  readonly resource_changes: readonly {
    readonly address: string;
    readonly type: string;
    readonly change: { readonly after: unknown };
  }[];
}

type Message = Readonly<{
  '@testfile'?: string;
  '@testrun'?: string;
  type: string;
  test_run?: { progress: string; status: TestRun['status'] };
  test_plan?: Plan;
  diagnostic?: { summary: string; detail: string };
}>;

/** Runs `terraform ARGS`. Resolves even if it fails. */
export function terraform(...args: readonly string[]): Promise<{ code: number; output: string }> {
  return run(args, process.env);
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  try {
    const { stdout } = await promisify(execFile)('terraform', args, { cwd: COPY, env, maxBuffer: 256 * 1024 * 1024 });
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== 'number') throw error;
    return { code, output: `${stdout}${stderr}` };
  }
}

/**
 * Runs test files (`*.tftest.hcl`) against the google provider's schema, with mocked responses.
 * @param args of `terraform test`
 * @throws Error if it fails outside of a run
 */
export async function testRuns(...args: readonly string[]): Promise<readonly TestRun[]> {
  const { code, output } = await terraform('test', '-json', '-verbose', ...args);
  const messages = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Message);
  const ended = messages.filter(({ test_run: run }) => run?.progress === 'complete');
  const passed = ended.every(({ test_run: run }) => run!.status === 'pass');
  // It can also fail between runs, or end early.
  if (ended.length === 0 || (passed && code !== 0)) throw new Error(`terraform test failed: ${output}`);
  return ended.map(({ '@testfile': file, '@testrun': run, test_run }) => {
    const own = messages.filter((message) => message['@testfile'] === file && message['@testrun'] === run);
    return {
      file: file!,
      run: run!,
      status: test_run!.status,
      errors: own.flatMap(({ diagnostic }) => (diagnostic ? [`${diagnostic.summary}: ${diagnostic.detail}`] : [])),
      plan: own.find(({ test_plan: plan }) => plan !== undefined)?.test_plan,
    };
  });
}

/** The resources of one type that a plan would create or change. */
export function planned<T>({ resource_changes: changes }: Plan, type: string): T[] {
  return changes.filter((resource) => resource.type === type).map(({ change }) => change.after as T);
}

/**
 * Runs a test file that applies its plans, with mocked responses.
 * @returns the addresses of created, changed and destroyed resources, in order; the last ones are the cleanup
 * @throws Error if it fails
 */
export async function appliedBy(file: string): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'terraform-'));
  try {
    const log = join(folder, 'log');
    const env = { ...process.env, TF_LOG: 'info', TF_LOG_PATH: log };
    const { code, output } = await run(['test', '-no-color', `-filter=${file}`], env);
    if (code !== 0) throw new Error(output);
    return [...(await readFile(log, 'utf8')).matchAll(/Starting apply for (.+)$/gm)].map(([, address]) => address!);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
