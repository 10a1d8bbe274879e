import { REASONS, REPAIRS } from '#schema/contract.js';
import { KINDS } from './accepted-values.js';
import type { Catalog } from './catalog.js';
import { functionSection } from './function-section.js';
import { code, prose, table } from './markdown.js';
import { inContractOrder, relationSection } from './relation-section.js';
import { withContents, type Section } from './sections.js';

/** The schemas that hold the mart. */
export const SCHEMAS = ['public', 'mart', 'ledger', 'erasure'];

const INTRODUCTION = `# Data dictionary

The mart is a PostgreSQL database with the messages that e-commerce teams wrote to their customers by e-mail, mobile
push, web push and SMS. It has one row for each message in its newest version, the campaigns, first purchases and
holidays, and every rejected record with the reasons. This page describes each table and column;
[architecture.md](architecture.md) describes how the rows get there.

It is generated from the [contract](../libs/schema/src/contract.ts) and from the comments in the database, where \`psql\`
shows them too (\`\\d+ messages\`). To change the page, change them and run \`npm run docs\`. A test fails if the page is out of
date.

![The tables with their columns, types, keys and relations](erd.svg)

Dashed lines join related columns. There are no foreign keys: a message may arrive before its campaign, and a client
without a purchase has no row in \`client_first_purchase_date\`. A crow's foot marks the side with many rows, a bar the side
with at most one. In \`messages\`, a flag and its times share a background colour.`;

const KINDS_INTRODUCTION = `The column "accepted" of the tables below gives the kind of the accepted values and further rules. A record that
breaks a rule is rejected as a whole and stored in \`quarantined_messages\` with every [reason](#reasons); a bad line of a
reference file stops its load. White space is trimmed from both ends of a value. An empty value counts as missing: it
becomes null, or the record is rejected if the column is required.`;

const REASONS_INTRODUCTION = `Why a record is in \`quarantined_messages\` and not in \`messages\`. The column \`reasons\` is a JSON array of all reasons, such as
\`[{"column": "sent_at", "reason": "not_a_time"}]\`; \`column\` is null if the whole record is at fault.`;

const MART_INTRODUCTION = `Views and functions that answer 24 questions, in the schema \`mart\`. Their results are always exact,
whichever program writes to \`messages\`. Each rate comes with its counts.`;

const LEDGER_INTRODUCTION = `The counts behind the mart, maintained by triggers on \`messages\`. Do not query them for reports, and do not write to
them. [ADR 11](adr/0011-a-ledger-of-counts.md) explains how they work.`;

const ERASURE_INTRODUCTION = `Which clients are erased. Only the owner can read the tables; consumer, Spark job and mart-init ask the functions before they
write. [ADR 31](adr/0031-erasing-a-client.md) explains how it works.`;

/** The data dictionary as Markdown, unformatted. */
export function dataDictionary(catalog: Catalog): string {
  const sections = [
    ...sectionsOfPublic(catalog),
    ...sectionsOfRules(),
    ...sectionsOfSchema(catalog, 'mart', MART_INTRODUCTION),
    ...sectionsOfSchema(catalog, 'ledger', LEDGER_INTRODUCTION),
    ...sectionsOfSchema(catalog, 'erasure', ERASURE_INTRODUCTION),
  ];
  return `${INTRODUCTION}\n\n${withContents(sections)}\n`;
}

function sectionsOfPublic({ relations, functions }: Catalog): Section[] {
  const kinds = Object.entries(KINDS).map(([kind, words]) => [code(kind), words]);
  return [
    { level: 2, title: 'Tables', body: 'The tables are in the schema `public`, so queries need no prefix.' },
    { level: 3, title: 'Accepted values', body: `${KINDS_INTRODUCTION}\n\n${table(['kind', 'accepted'], kinds)}` },
    ...inContractOrder(relations.filter(({ schema }) => schema === 'public')).map((each) => relationSection(each, 3)),
    ...functions.filter(({ schema }) => schema === 'public').map((each) => functionSection(each, 3)),
  ];
}

function sectionsOfRules(): Section[] {
  const rows = (words: Readonly<Record<string, string>>) =>
    Object.entries(words).map(([name, meaning]) => [code(name), prose(meaning)]);
  return [
    {
      level: 2,
      title: 'Rejected and repaired records',
      body: 'What the cleaner rejects, and what it repairs.',
    },
    { level: 3, title: 'Reasons', body: `${REASONS_INTRODUCTION}\n\n${table(['reason', 'meaning'], rows(REASONS))}` },
    {
      level: 3,
      title: 'Repairs',
      body: `Values that the cleaner repairs or fills in, and counts; the row is in \`messages\`.\n\n${table(['repair', 'meaning'], rows(REPAIRS))}`,
    },
  ];
}

/** A schema: its tables and views, then its functions, ordered by name. */
export function sectionsOfSchema(catalog: Catalog, schema: string, body: string): Section[] {
  const within = (each: { readonly schema: string }) => each.schema === schema;
  return [
    { level: 2, title: `Schema ${schema}`, body },
    ...catalog.relations.filter(within).map((each) => relationSection(each, 3)),
    ...catalog.functions.filter(within).map((each) => functionSection(each, 3)),
  ];
}
