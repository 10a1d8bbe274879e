import { filesBelow, read } from './files.js';

/** Set by our programs for the processes they start, or conventions of every system. */
const NOT_CONFIGURATION = new Set([
  ...[
    'CHECKOV',
    'CLUSTER_SHELL',
    'KUBERNETES_SCHEMAS',
    'MANIFESTS_PYTHON',
    'REAL_DATA_DIR',
    'SCHEMATHESIS',
    'TERRAFORM_COPY',
  ],
  ...['PATH', 'TERM', 'JAVA_TOOL_OPTIONS', 'PYTHONPATH', 'PGOPTIONS', 'PGCONNECT_TIMEOUT'],
]);

const SOURCES = ['apps', 'libs', 'dev', 'tools', 'bench', 'test/setup', 'test/support', 'spark', 'deploy/images'];
const SCRIPTS = 'deploy/k8s/base/backup';

const READS: readonly (readonly [files: RegExp, reads: RegExp])[] = [
  [/\/config\/[^/]+(?<!\.spec)\.ts$/, /^ {2}([A-Z][A-Z0-9_]+): /gm],
  [/(?<!\.spec)\.(ts|mjs|js)$/, /\benv(?:ironment)?(?:\(\))?(?:\.|\[')([A-Z][A-Z0-9_]+)\b/g],
  [/\.py$/, /(?:\bread\.(?:text|integer)|\benviron\.get)\(\s*"([A-Z][A-Z0-9_]+)"/g],
  [/\.sh$/, /\$\{([A-Z][A-Z0-9_]+):?-/g],
];

/** Every environment variable that the code reads from the user. */
export function variablesInCode(): Set<string> {
  const names = new Set<string>();
  for (const file of [...SOURCES, SCRIPTS].flatMap(filesBelow)) {
    for (const [files, reads] of READS) {
      if (!files.test(file)) continue;
      for (const [, name] of read(file).matchAll(reads)) if (!NOT_CONFIGURATION.has(name!)) names.add(name!);
    }
  }
  return names;
}

/** The value of an absent variable, from the apps' schemas. */
export interface Absent {
  readonly name: string;
  /** Undefined: the variable is optional or required. */
  readonly value: string | undefined;
  readonly isRequired: boolean;
}

/** A field of a zod shape in a config folder, up to the next field. */
const FIELD = /^ {2}([A-Z][A-Z0-9_]+): ([\s\S]*?)(?=^ {2}(?:[A-Z/.]|\.\.\.)|^\})/gm;

export function variablesOfApps(): Absent[] {
  return ['apps', 'libs/platform']
    .flatMap(filesBelow)
    .filter((file) => /\/config\/[^/]+(?<!\.spec)\.ts$/.test(file))
    .flatMap((file) => [...read(file).matchAll(FIELD)])
    .filter(([, , schema]) => /\bz\b|[a-z]\(/.test(schema!))
    .map(([, name, schema]) => {
      const value = /\.default\(([^()]*)\)/.exec(schema!)?.[1];
      const isOptional = /\.optional\(\)|\bpassword\(/.test(schema!);
      return { name: name!, value: value && plain(value), isRequired: value === undefined && !isOptional };
    });
}

/** `4 * 1024 * 1024` as 4194304, `['localhost:9092']` as localhost:9092. */
function plain(literal: string): string {
  const factors = literal.split('*').map((factor) => Number(factor.trim().replaceAll('_', '')));
  if (factors.every((factor) => !Number.isNaN(factor))) return String(factors.reduce((a, b) => a * b));
  return literal.replaceAll(/[[\]']/g, '');
}
