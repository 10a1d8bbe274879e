import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { filesBelow, read, ROOT } from './files.js';
import { anchorsOf, codeOf, linksOf, tableRows } from './markdown.js';
import { variablesInCode, variablesOfApps } from './variables.js';

const FRONT_DOOR = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];
const GENERATED = ['docs/data-dictionary.md', 'docs/metrics.md'];
const DOCUMENTS = [
  ...FRONT_DOOR,
  ...['docs', 'libs', 'spark', 'dev', 'tools', 'deploy', 'observability', '.github']
    .flatMap(filesBelow)
    .filter((file) => file.endsWith('.md')),
];

/** Maximum number of lines. Split or shorten a document that exceeds its budget. */
const BUDGETS: Readonly<Record<string, number>> = {
  'README.md': 200,
  'CONTRIBUTING.md': 400,
  'SECURITY.md': 60,
  'docs/README.md': 60,
  'docs/glossary.md': 150,
  'docs/configuration.md': 200,
  'docs/runbook.md': 650,
};
const DEFAULT_BUDGET = 400;
const ADR_BUDGET = 80;

/** Names from Google Cloud, Grafana, Spark and kafkajs, which are not in the code. */
const EXTERNAL_NAMES =
  /^(GF_.*|SSD_TOTAL_GB|CPUS_ALL_REGIONS|CURRENT_STATE_DECRYPTED|openCostInBytes|maxPartitionBytes|CompressionCodecs|queryPlanning|latestOffset)$/;

const { scripts: SCRIPTS } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const BUILT_INTO_NPM = ['audit', 'ci', 'install', 'run', 'exec'];

describe.each(DOCUMENTS)('%s', (file) => {
  const text = read(file);

  it('has only links whose files and anchors exist', () => {
    const broken = linksOf(text).filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [path = '', anchor] = decodeURI(link).split('#');
      const target = path === '' ? file : normalize(join(dirname(file), path));
      if (target.startsWith('..') || !existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchorsOf(read(target)).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names only npm commands that package.json has', () => {
    const commands = codeOf(text).flatMap((code) =>
      [...code.matchAll(/\bnpm (?:run )?(?:--?\w+ )*([a-z][\w:-]*)/g)].map(([, name]) => name!),
    );
    expect(commands.filter((name) => !(name in SCRIPTS) && !BUILT_INTO_NPM.includes(name))).toEqual([]);
  });

  it('stays within its budget of lines', () => {
    if (GENERATED.includes(file)) return;
    const budget = BUDGETS[file] ?? (file.startsWith('docs/adr/') ? ADR_BUDGET : DEFAULT_BUDGET);
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(budget);
  });
});

describe('docs/configuration.md', () => {
  const documented = tableRows(read('docs/configuration.md'), 'variable').map((row) => ({
    name: row['variable']!.replaceAll('`', ''),
    default: row['default']!,
  }));

  it('lists every environment variable that the code reads, and no other', () => {
    expect(documented.map(({ name }) => name).toSorted()).toEqual([...variablesInCode()].toSorted());
  });

  it.each(variablesOfApps())('has the default of $name', ({ name, value, isRequired }) => {
    const shown = documented.find((variable) => variable.name === name)?.default ?? '';
    if (value === undefined) expect(shown === 'required').toBe(isRequired);
    else expect(shown.split(/[ ;]+/)).toContain(value);
  });

  it('names every option of producer and Spark job', () => {
    const text = read('docs/configuration.md');
    const options = [
      ...read('apps/producer/src/config/producer-config.ts').matchAll(/^ {2}(--[a-z-]+) /gm),
      ...read('spark/messages_spark/config.py').matchAll(/add_argument\("(--[a-z-]+)"/g),
    ].map(([, option]) => option!);
    expect(options.length).toBeGreaterThan(5);
    expect(options.filter((option) => !text.includes(`\`${option}`))).toEqual([]);
  });
});

it('CONTRIBUTING.md lists every npm command', () => {
  const commands = codeOf(read('CONTRIBUTING.md')).map((code) => code.replace(/^npm (run )?/, '').split(' ')[0]!);
  expect(Object.keys(SCRIPTS).filter((name) => !commands.includes(name))).toEqual([]);
});

it('docs/local-run.md has exactly the options of npm start', () => {
  const documented = tableRows(read('docs/local-run.md'), 'option').map(({ option }) => option!.replaceAll('`', ''));
  const printed = [...read('dev/run/options.ts').matchAll(/^ {2}(--[a-z]+(?: [A-Z]+)?) /gm)].map(
    ([, option]) => option!,
  );
  expect(documented).toEqual(printed);
});

describe('names in documents', () => {
  const source = new Set(
    ['apps', 'libs', 'dev', 'tools', 'spark', 'deploy', 'observability', 'test', 'bench']
      .flatMap(filesBelow)
      .filter((file) => !file.endsWith('.md'))
      .flatMap((file) => read(file).match(/\w+/g) ?? []),
  );
  // The recipes name things that do not exist yet.
  const texts = DOCUMENTS.map((file) => [file, read(file).split('\n## Recipes\n')[0]!] as const);
  const unknown = (namesOf: (text: string) => readonly string[]) =>
    texts.flatMap(([file, text]) =>
      namesOf(text)
        .filter((name) => !source.has(name) && !EXTERNAL_NAMES.test(name))
        .map((name) => `${file}: ${name}`),
    );

  it('exist in the code: constants and variables', () => {
    expect(unknown((text) => text.match(/(?<![\w/])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?!\w)/g) ?? [])).toEqual([]);
  });

  it('exist in the code: classes and functions', () => {
    const isIdentifier = (code: string) => /^[A-Za-z]*[a-z][A-Z]\w*$/.test(code);
    expect(unknown((text) => codeOf(text).filter(isIdentifier))).toEqual([]);
  });
});

it('no file refers to a path outside the repository', () => {
  const outside = ['..', 'shared'].join('/');
  // Paths within the project, such as imports, go up further or name a file.
  const pattern = new RegExp(`(^|[^./\\w])${outside.replaceAll('.', '\\.')}(?![-\\w.]|/[\\w-]+\\.js)`, 'm');
  expect(filesBelow('.').filter((file) => pattern.test(read(file)))).toEqual([]);
});
