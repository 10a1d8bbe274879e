import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ApiProblem } from '../../api/problem.js';
import { candidatesOf, findSentence, type Found } from './find-sentence.js';
import { MESSAGE_GROUPS } from './message-groups.js';

const openapi = JSON.parse(readFileSync('apps/gateway/openapi.json', 'utf8')) as {
  components: { schemas: Record<string, { properties: object }> };
};

describe('the groups of a message', () => {
  it('have each of its 32 columns once', () => {
    const shown = MESSAGE_GROUPS.flatMap(({ columns }) => columns.map(([name]) => name));

    expect(shown).toHaveLength(32);
    expect(shown.toSorted()).toEqual(Object.keys(openapi.components.schemas.MessagesId!.properties).toSorted());
  });
});

describe('candidatesOf', () => {
  it.each([
    [' 4317 ', { text: '4317', id: '4317', clientId: '4317' }],
    ['1515915625468169594', { id: '1515915625468169594' }],
    ['-9223372036854775808', { id: '-9223372036854775808' }],
    ['9223372036854775808', { id: null, clientId: null }],
    ['12.0', { id: null }],
    ['9c8a6ae8-7a3b', { id: null, clientId: null }],
    ['<script>שלום🛒', { id: null }],
  ])('reads %j', (typed, expected) => {
    expect(candidatesOf(typed)).toMatchObject(expected);
  });

  it.each(['', '   ', 'a\0b', 'x'.repeat(256)])('refuses %j', (typed) => {
    expect(candidatesOf(typed)).toBeNull();
  });
});

describe('findSentence', () => {
  const message = {
    id: '7',
    channel: 'mobile_push',
    message_type: 'bulk',
    sent_at: '2021-04-30T07:00:00Z',
    is_opened: true,
    is_clicked: false,
  } as const;
  const base: Found = { hasToken: true, candidates: candidatesOf('7'), message, rejected: 0, problem: null };
  const problem = (kind: string) => new ApiProblem(kind, 'Query timeout', '', 504);

  it.each<[Partial<Found>, string]>([
    [{}, 'Message 7 is in the mart: bulk, by mobile push; it was sent at 7 and opened.'],
    [
      { message: { ...message, is_clicked: true, sent_at: null }, rejected: 1 },
      'Message 7 is in the mart: bulk, by mobile push; it has no time of sending, opened and clicked. One rejected record has this id.',
    ],
    [
      { message: null, rejected: 0 },
      "No message in the mart has the id 7. It can be a message_id or a client's id: ask below.",
    ],
    [
      { message: null, rejected: 2 },
      "No message in the mart has the id 7. 2 rejected records have this id. It can be a message_id or a client's id: ask below.",
    ],
    [
      { message: null, rejected: 100 },
      "No message in the mart has the id 7. At least 100 rejected records have this id. It can be a message_id or a client's id: ask below.",
    ],
    [{ message: undefined }, 'Looking for message 7.'],
    [{ candidates: candidatesOf('ab') }, 'ab can be a message_id. Finding it reads all messages.'],
    [{ candidates: null }, 'Find one message by its id or message_id, or the messages of a client.'],
    [{ hasToken: false }, 'Find one message: this needs the token.'],
    [{ problem: problem('token-needed') }, 'The gateway does not accept this token.'],
    [{ problem: problem('token-not-configured') }, 'Single messages are closed: the gateway has no token.'],
    [{ problem: problem('query-timeout') }, 'Query timeout: it is not known whether there is a message 7.'],
  ])('%j: %s', (change, expected) => {
    expect(findSentence({ ...base, ...change }, () => 'at 7')).toBe(expected);
  });
});
