import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';
import { contract, REASONS, REPAIRS, type ReasonCode } from '#schema/contract.js';
import { channels, operations, servers } from './channels.js';
import { messages, POSITION_SCHEMA } from './messages.js';
import { BEYOND_SCHEMA, recordSchemas } from './record-schema.js';

export const ASYNCAPI_FILE = 'docs/asyncapi.yaml';

/** The topics as an AsyncAPI 3.0.0 document in YAML. */
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
  // No folded lines or aliases, and quotes around texts that YAML 1.1 takes for dates: many tools only read YAML 1.1.
  const yaml = stringify(document, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  return format(`${HEAD}\n${yaml}`, { ...(await resolveConfig(ASYNCAPI_FILE)), filepath: ASYNCAPI_FILE });
}

const HEAD = '# Generated from libs/schema/src/contract.ts by `npm run docs`; a test fails while it is out of date.';

function description(): string {
  const within = Object.keys(REASONS).filter((reason) => !(reason in BEYOND_SCHEMA)) as ReasonCode[];
  return `The Kafka topics of the messages pipeline: what the producer writes, and what consumer and Spark job accept. Both follow the
same contract, version ${contract.version}.

A record that breaks a rule is rejected as a whole and stored in \`quarantined_messages\`, with its bytes and every reason. The
schema \`record\` describes the accepted records. A record that does not match it is rejected for one or more of these reasons:

${bullets(within.map((reason) => [reason, REASONS[reason]]))}

A record that matches may still be rejected for a reason that JSON Schema cannot express:

${bullets(Object.entries(BEYOND_SCHEMA).map(([reason, why]) => [reason, `${REASONS[reason as ReasonCode]} (${why})`]))}

JSON Schema cannot see the notation of a number either: \`1\`, \`1.0\` and \`1e0\` are equal to a validator, but \`1e0\` is neither an
integer nor a boolean here. Nor can it see the UTC year of a time with an offset, which matters on the first and the last days of the
accepted years. A validator that reads numbers as doubles rounds those above 2^53, so it may accept one that exceeds 64 bits, and
does not accept a number above 1.8e308 as a number.

Some values are repaired or filled in, which is counted:

${bullets(Object.entries(REPAIRS))}`;
}

function bullets(items: readonly (readonly [string, string])[]): string {
  return items.map(([name, words]) => `- \`${name}\`: ${words}`).join('\n');
}
