import { type Prng } from './prng.js';
import { CLIENT_SHARES, MESSAGES_PER_CLIENT, OTHER_PROVIDERS_PERCENT, PROVIDERS } from './profile.js';
import { sample } from './quantiles.js';

/** Ids are 1515915625 and nine digits: more than 2^53, so they are handled as text. */
const PREFIX = '1515915625';
const FIRST_SUFFIX = 460_000_000;
/** A prime, so that steps of any size visit every suffix once. 16,860,044 clients times the step stays below 2^53. */
const SUFFIXES = 479_001_599;
const SUFFIX_STEP = 123_456_789;
const SUFFIX_START = 8_061_251;
/** The fractions of its multiples are spread evenly, so that clients of similar volume get providers in the right shares. */
const GOLDEN_RATIO = 0.6180339887498949;

const DOMAINS = ['gmail.com', 'yandex.ru', 'rambler.ru', 'hotmail.com', 'outlook.com', 'yahoo.com', 'ngs.ru', 'tut.by'];
const OTHER_PROVIDERS = [
  ...DOMAINS.slice(3),
  ...DOMAINS.flatMap(mistyped),
  ...mistyped('mail.ru'),
  ...mistyped('list.ru'),
];

/** The clients of a file, numbered from 0 by volume of mail, from the quietest to the busiest. */
export class Clients {
  readonly count: number;

  constructor(rows: number) {
    // With 42 messages per client a small file would have too few clients, so at first their number grows with rows^(3/4).
    const perClient = Math.min(MESSAGES_PER_CLIENT, 2.36 * Math.sqrt(Math.sqrt(rows)));
    this.count = Math.max(1, Math.round(rows / perClient));
  }

  /** The number of the client that receives the next message. */
  pick(prng: Prng): number {
    return Math.floor(sample(CLIENT_SHARES, prng) * this.count);
  }
}

/** The last nine digits of a client's id, unique to the client. */
export function clientSuffix(client: number): number {
  return FIRST_SUFFIX + ((client * SUFFIX_STEP + SUFFIX_START) % SUFFIXES);
}

export function clientId(suffix: number): string {
  return `${PREFIX}${suffix}`;
}

/** A client has one address, and so one provider. */
export function emailProvider(client: number): string {
  const position = ((client + 1) * GOLDEN_RATIO) % 1;
  let rest = position * PROVIDER_PERCENT;
  for (const [name, percent] of PROVIDERS) {
    if (rest < percent) return name;
    rest -= percent;
  }
  return OTHER_PROVIDERS[client % OTHER_PROVIDERS.length]!;
}

const PROVIDER_PERCENT = PROVIDERS.reduce((sum, [, percent]) => sum + percent, OTHER_PROVIDERS_PERCENT);

/** A typo in a domain name: a letter dropped, doubled, or swapped with the next one. */
function mistyped(domain: string): string[] {
  const typos = new Set<string>();
  const end = domain.indexOf('.');
  for (let i = 0; i < end; i++) {
    typos.add(domain.slice(0, i) + domain.slice(i + 1));
    typos.add(domain.slice(0, i + 1) + domain.slice(i));
    if (i + 1 < end) typos.add(domain.slice(0, i) + domain[i + 1]! + domain[i]! + domain.slice(i + 2));
  }
  typos.delete(domain);
  return [...typos];
}
