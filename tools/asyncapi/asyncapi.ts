import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';
import { contract, REASONS, REPAIRS, type ReasonCode } from '#schema/contract.js';
import { channels, operations, servers } from './channels.js';
import { messages, POSITION_SCHEMA } from './messages.js';
import { BEYOND_SCHEMA, recordSchemas } from './record-schema.js';

export const ASYNCAPI_FILE = 'docs/asyncapi.yaml';

/** The topics as an AsyncAPI 3.0.0 document, in YAML. */
export async function asyncApi(): Promise<string> {
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Messages pipeline',
      version: `${contract.version}.0.0`,
      description: description(),
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers,
    channels,
    operations,
    components: { messages, schemas: { ...recordSchemas(), position: POSITION_SCHEMA } },
  };
  // Neither folded lines nor aliases, and texts that YAML 1.1 takes for dates in quotes: many tools read only that.
  const yaml = stringify(document, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  return format(`${HEAD}\n${yaml}`, { ...(await resolveConfig(ASYNCAPI_FILE)), filepath: ASYNCAPI_FILE });
}

const HEAD = '# Generated from libs/schema/src/contract.ts by `npm run docs`; a test fails while it is out of date.';

function description(): string {
  const within = Object.keys(REASONS).filter((reason) => !(reason in BEYOND_SCHEMA)) as ReasonCode[];
  return `The Kafka topics of the messages pipeline: what the producer writes, and what consumer and Spark job accept. The rules are those
of the contract, version ${contract.version}, which both engines hold.

A record that breaks a rule is rejected as a whole and stored in \`quarantined_messages\`, with its bytes and every reason. The
schema \`record\` says which records are accepted. What it refuses is rejected, for one or more of these reasons:

${bullets(within.map((reason) => [reason, REASONS[reason]]))}

What it accepts may still be rejected, for a reason that JSON Schema cannot express:

${bullets(Object.entries(BEYOND_SCHEMA).map(([reason, why]) => [reason, `${REASONS[reason as ReasonCode]} (${why})`]))}

Also beyond it is how a number is written: the digits count as they stand, so of \`1\`, \`1.0\` and \`1e0\`, which are equal to a validator,
\`1e0\` is neither an integer nor a boolean. So is in which year a time with an offset is in UTC, where its own date is the first or last
day of a year at either end. A validator that reads numbers as doubles rounds those above 2^53, so it may take one just
beyond 64 bits for one within, and holds a number beyond 1.8e308 for none at all.

Some values are mended or filled in, which is counted (repairs):

${bullets(Object.entries(REPAIRS))}`;
}

function bullets(items: readonly (readonly [string, string])[]): string {
  return items.map(([name, words]) => `- \`${name}\`: ${words}`).join('\n');
}
