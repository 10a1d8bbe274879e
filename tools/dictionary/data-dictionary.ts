import { REASONS, REPAIRS } from '#schema/contract.js';
import { KINDS } from './accepted-values.js';
import type { Catalog } from './catalog.js';
import { functionSection } from './function-section.js';
import { code, prose, table } from './markdown.js';
import { inContractOrder, relationSection } from './relation-section.js';
import { withContents, type Section } from './sections.js';

/** The schemas that hold the mart. */
export const SCHEMAS = ['public', 'mart', 'ledger'];

const INTRODUCTION = `# Data dictionary

The mart is a PostgreSQL database with the messages that e-commerce teams wrote to their customers by e-mail, mobile
push, web push and SMS: one row for each message in its newest version, beside it the campaigns, first purchases and
holidays, and every record that was rejected, with the reasons. This page says what each table and column holds; how the
rows come there is in [architecture.md](architecture.md).

It is generated from the [contract](../libs/schema/src/contract.ts) and from the comments in the database, where \`psql\`
shows them as well (\`\\d+ messages\`). To change it, change those, then run \`npm run docs\`. A test fails while it is out of
date.

![The tables with their columns, types and keys, and how they belong together](erd.svg)

Dashed lines join columns that belong together. No foreign key holds them: a message may be there before its campaign,
and a client without a purchase has no row in \`client_first_purchase_date\`. A crow's foot is on the side of which there
can be many, a bar on the side of which there is at most one. In \`messages\` a flag and its times share a band.`;

const KINDS_INTRODUCTION = `The column "accepted" of the tables below says what the pipeline lets in: a kind, and what holds beside it. A record that
breaks a rule is rejected as a whole and stands in \`quarantined_messages\` with every [reason](#reasons); a bad line of a
reference file stops its load. White space is trimmed from both ends of a value, and what is empty then counts as
missing: it becomes null, or is a reason where the column is required.`;

const REASONS_INTRODUCTION = `Why a record is in \`quarantined_messages\` and not in \`messages\`. Its column \`reasons\` is a JSON array of all that apply, such as
\`[{"column": "sent_at", "reason": "not_a_time"}]\`; \`column\` is null where the record as a whole is at fault.`;

const MART_INTRODUCTION = `A view or a function for each of the analysts' questions; the names begin with \`mart.\`. All are exact at every
moment, whoever writes to \`messages\`. Rates stand beside the counts that they are made of.`;

const LEDGER_INTRODUCTION = `The counts behind the mart, kept by triggers on \`messages\`: not for reports, and not for writing. How it works is in
[ADR 11](adr/0011-a-ledger-of-counts.md).`;

/** The data dictionary as Markdown, unformatted. */
export function dataDictionary(catalog: Catalog): string {
  const sections = [
    ...sectionsOfPublic(catalog),
    ...sectionsOfRules(),
    ...sectionsOfSchema(catalog, 'mart', MART_INTRODUCTION),
    ...sectionsOfSchema(catalog, 'ledger', LEDGER_INTRODUCTION),
  ];
  return `${INTRODUCTION}\n\n${withContents(sections)}\n`;
}

function sectionsOfPublic({ relations, functions }: Catalog): Section[] {
  const kinds = Object.entries(KINDS).map(([kind, words]) => [code(kind), words]);
  return [
    { level: 2, title: 'Tables', body: 'They are in the schema `public`, so queries need no prefix.' },
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
      body: 'What the cleaner does not let pass, and what it mends.',
    },
    { level: 3, title: 'Reasons', body: `${REASONS_INTRODUCTION}\n\n${table(['reason', 'meaning'], rows(REASONS))}` },
    {
      level: 3,
      title: 'Repairs',
      body: `What is mended or filled in, and counted; the row is in \`messages\`.\n\n${table(['repair', 'meaning'], rows(REPAIRS))}`,
    },
  ];
}

/** All of a schema: its tables and views, then its functions, each by name. */
export function sectionsOfSchema(catalog: Catalog, schema: string, body: string): Section[] {
  const within = (each: { readonly schema: string }) => each.schema === schema;
  return [
    { level: 2, title: `Schema ${schema}`, body },
    ...catalog.relations.filter(within).map((each) => relationSection(each, 3)),
    ...catalog.functions.filter(within).map((each) => functionSection(each, 3)),
  ];
}
