import { generate, type GeneratorProgress, type GeneratorSummary } from './generate.js';
import { GeneratorError } from './generator-error.js';
import { HELP, parseCommandLine } from './options.js';

const WRONG_USE = 2;

async function main(): Promise<number> {
  try {
    const options = parseCommandLine(process.argv.slice(2));
    if (options === undefined) {
      process.stdout.write(HELP);
      return 0;
    }
    const summary = await generate(options, process.stderr.isTTY ? showProgress : undefined);
    process.stdout.write(describe(summary));
    return 0;
  } catch (error) {
    if (!(error instanceof GeneratorError)) throw error;
    if (error.code !== 'BAD_OPTION') {
      process.stderr.write(`${error.message}\n`);
      return 1;
    }
    process.stderr.write(`${error.message}\nTry --help.\n`);
    return WRONG_USE;
  }
}

function showProgress({ rows, totalRows }: GeneratorProgress): void {
  process.stderr.write(`\r${rows} of ${totalRows} rows${rows === totalRows ? '\n' : ''}`);
}

function describe({
  files,
  rows,
  messages,
  duplicates,
  dirty,
  bytes,
  campaigns,
  firstPurchases,
  holidays,
}: GeneratorSummary): string {
  return [
    `${files.messages}: ${rows} rows, ${bytes} bytes uncompressed`,
    `  ${duplicates} repeated, ${dirty.bad} invalid, ${dirty.repaired} repairable, ${dirty.odd} unusual but valid`,
    `  ${messages} messages expected in the mart`,
    `${files.expected}: ${dirty.bad + dirty.repaired + dirty.odd} expectations`,
    `${files.campaigns}: ${campaigns} rows`,
    `${files.firstPurchases}: ${firstPurchases} rows`,
    `${files.holidays}: ${holidays} rows`,
    '',
  ].join('\n');
}

process.exitCode = await main();
