import { describe, expect, it } from '@jest/globals';
import asyncApiSpecs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { contract, REASONS, type ReasonCode } from '#schema/contract.js';
import { goldenCases, valueOf, type GoldenCase } from '../../libs/schema/golden/golden-cases.js';
import { outcomeOf } from '../fuzz/outcome.js';
import { randomRecord } from '../fuzz/random-record.js';
import { asyncApi } from './asyncapi.js';
import { document, documentText, validator } from './document.fixture.js';
import type { MessageName } from './messages.js';
import { TIME_AT_THE_EDGE } from './patterns.js';
import { BEYOND_SCHEMA } from './record-schema.js';

describe('docs/asyncapi.yaml', () => {
  it('matches the contract; if not, run `npm run docs`', async () => {
    expect(documentText).toBe(await asyncApi());
  });

  it('is valid against the JSON schema of AsyncAPI 3.0.0', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    const validate = ajv.compile(asyncApiSpecs.schemasWithoutId['3.0.0'] as object);
    validate(document);
    expect(validate.errors).toBeNull();
  });

  it('has only references that resolve', () => {
    const references = [...documentText.matchAll(/\$ref: ['"]#\/(.*)['"]/g)].map(([, path]) => path!);
    const at = (path: string) =>
      path.split('/').reduce<unknown>((node, name) => (node as Record<string, unknown> | undefined)?.[name], document);

    expect(references.length).toBeGreaterThan(50);
    expect(references.filter((path) => at(path) === undefined)).toEqual([]);
  });

  it('has the same meaning in YAML 1.1', () => {
    expect(parse(documentText, { version: '1.1' })).toEqual(document);
  });

  it.each(Object.keys(document.components.messages) as MessageName[])('has valid examples of %s', (name) => {
    const { headers, examples } = document.components.messages[name];
    const validatePayload = validator(name, 'payload');
    for (const example of examples) {
      validatePayload(example.payload);
      expect(validatePayload.errors).toBeNull();
      if (headers) expect(validator(name, 'headers')(example.headers ?? {})).toBe(true);
    }
  });
});

/** Reasons of a case that the schema can express; empty if the schema should accept the record. */
function visibleReasons({ expect: { reasons = [] } }: Pick<GoldenCase, 'expect'>) {
  return reasons.filter(({ reason }) => !(reason in BEYOND_SCHEMA));
}

/** Golden cases with a JSON payload: not tombstones, unparsable lines and invalid JSON. */
function payloads(): { test: GoldenCase; payload: unknown }[] {
  return goldenCases.flatMap((test) => {
    const reasons = test.expect.reasons?.map(({ reason }) => reason) ?? [];
    const hasNone = test.expect.tombstone || reasons.some((reason) => WITHOUT_PAYLOAD.includes(reason));
    return hasNone ? [] : [{ test, payload: JSON.parse(valueOf(test)!.toString()) as unknown }];
  });
}

const WITHOUT_PAYLOAD = ['unparsable_line', 'not_json', 'too_large'];

/** Whether only the notation of numbers is wrong, which a validator cannot see because it gets their values. */
function isAboutNumbers(test: Pick<GoldenCase, 'expect'>, payload: unknown): boolean {
  const reasons = visibleReasons(test);
  const isNumber = (column: string | null) =>
    column !== null && typeof (payload as Record<string, unknown>)[column] === 'number';
  return reasons.length > 0 && reasons.every(({ column }) => isNumber(column));
}

/** Whether only the year in UTC of a time with an offset is wrong, which a pattern cannot express. */
function isAboutYears(test: Pick<GoldenCase, 'expect'>, payload: unknown): boolean {
  const reasons = visibleReasons(test);
  const atTheEdge = new RegExp(TIME_AT_THE_EDGE);
  return (
    reasons.length > 0 &&
    reasons.every(({ column, reason }) => {
      const value = column === null ? undefined : (payload as Record<string, unknown>)[column];
      return reason === 'not_a_time' && typeof value === 'string' && atTheEdge.test(value);
    })
  );
}

describe.each([true, false])('the schema of a record (unicode patterns: %s)', (unicode) => {
  const validate = validator('record', 'payload', unicode);

  it('accepts and rejects records as the golden cases expect', () => {
    const wrong = payloads()
      .filter(({ test, payload }) => !isAboutNumbers(test, payload) && !isAboutYears(test, payload))
      .filter(({ test, payload }) => validate(payload) !== (visibleReasons(test).length === 0))
      .map(({ test }) => test.name);

    expect(wrong).toEqual([]);
  });

  it('agrees with the cleaner on random records', () => {
    const wrong = Array.from({ length: 2000 }, (_, number) => number).filter((number) => {
      const record = randomRecord(1, number);
      const { kind, reasons } = outcomeOf(record);
      if (kind === 'tombstone' || reasons.some(([, reason]) => WITHOUT_PAYLOAD.includes(reason))) return false;
      const test = { expect: { reasons: reasons.map(([column, reason]) => ({ column, reason })) } };
      const payload = JSON.parse(record.value!.toString()) as unknown;
      if (isAboutNumbers(test, payload) || isAboutYears(test, payload)) return false;
      return validate(payload) !== (visibleReasons(test).length === 0);
    });

    expect(wrong).toEqual([]);
  });

  it('rejects records for every reason that it can express', () => {
    const seen = payloads()
      .filter(({ payload }) => !validate(payload))
      .flatMap(({ test }) => (visibleReasons(test).length === 1 ? visibleReasons(test) : []))
      .map(({ reason }) => reason);

    const others = (Object.keys(REASONS) as ReasonCode[]).filter((reason) => !(reason in BEYOND_SCHEMA));
    expect([...new Set(seen)].sort()).toEqual(others.sort());
  });
});

describe('the headers', () => {
  it('distinguish lines from records, as in the golden cases', () => {
    const [ofLine, ofRecord] = [validator('unparsableLine', 'headers'), validator('record', 'headers')];
    const wrong = goldenCases.filter(({ headers = {} }) => {
      const isLine = contract.record.unparsableHeader in headers;
      return ofLine(headers) !== isLine || ofRecord(headers) === isLine;
    });

    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});
