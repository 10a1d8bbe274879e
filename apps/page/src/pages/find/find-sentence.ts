import type { ApiProblem } from '../../api/problem.js';
import { fullCount } from '../../format/number.js';
import type { Message } from './message-groups.js';

/** What a typed text can be, besides a message_id. A text of digits may be all three. */
export interface Candidates {
  readonly text: string;
  /** A 64-bit integer. */
  readonly id: string | null;
  readonly clientId: string | null;
}

const MAX_LENGTH = 255;

/** Ids stay text: JavaScript's numbers do not hold all digits of a client's id. */
export function candidatesOf(typed: string): Candidates | null {
  const text = typed.trim();
  if (text === '' || text.length > MAX_LENGTH || text.includes('\0')) return null;
  const isInteger = /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
  return { text, id: isInteger ? text : null, clientId: isInteger ? text : null };
}

export interface Found {
  readonly hasToken: boolean;
  readonly candidates: Candidates | null;
  /** The message with this id; null if there is none, undefined while it is not known or not asked. */
  readonly message:
    Pick<Message, 'id' | 'channel' | 'message_type' | 'sent_at' | 'is_opened' | 'is_clicked'> | null | undefined;
  /** Rejected records with this id as key; null while it is not known. */
  readonly rejected: number | null;
  /** Why the question was not answered, other than that there is no such message. */
  readonly problem: ApiProblem | null;
}

/** The answer to "Where is this one message?". */
export function findSentence(
  { hasToken, candidates, message, rejected, problem }: Found,
  when: (at: string) => string,
): string {
  if (problem?.kind === 'token-not-configured') return 'Single messages are closed: the gateway has no token.';
  if (problem?.kind === 'token-needed') return 'The gateway does not accept this token.';
  if (!hasToken) return 'Find one message: this needs the token.';
  if (candidates === null) return 'Find one message by its id or message_id, or the messages of a client.';
  if (problem !== null) return `${problem.title}: it is not known whether there is a message ${candidates.text}.`;
  if (candidates.id === null) return `${candidates.text} can be a message_id. Finding it reads all messages.`;
  if (message === undefined) return `Looking for message ${candidates.text}.`;
  const records = rejected === null || rejected === 0 ? '' : ` ${rejectedText(rejected)}`;
  if (message === null) {
    return `No message in the mart has the id ${candidates.id}.${records} It can be a message_id or a client's id: ask below.`;
  }
  const sent = message.sent_at === null ? 'has no time of sending' : `was sent ${when(message.sent_at)}`;
  return `Message ${message.id} is in the mart: ${message.message_type}, by ${message.channel.replace('_', ' ')}; it ${sent}${reaction(message)}.${records}`;
}

function reaction({ is_opened, is_clicked }: Pick<Message, 'is_opened' | 'is_clicked'>): string {
  if (is_clicked) return is_opened ? ', opened and clicked' : ', and clicked';
  return is_opened ? ' and opened' : '';
}

/** A page of the list has at most 100 records. */
function rejectedText(count: number): string {
  if (count === 1) return 'One rejected record has this id.';
  return `${count >= 100 ? `At least ${fullCount(count)}` : fullCount(count)} rejected records have this id.`;
}
