import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { classifyDatabaseError, sqlStateOf } from './sql-state.js';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

describe('classifyDatabaseError', () => {
  it.each([
    ['08006', 'outage'],
    ['53300', 'outage'],
    ['57P01', 'outage'],
    ['57P03', 'outage'],
    ['57014', 'outage'],
    ['58030', 'outage'],
    ['25006', 'outage'],
    ['40001', 'conflict'],
    ['40P01', 'conflict'],
    ['55P03', 'conflict'],
    ['22003', 'data'],
    ['22P05', 'data'],
    ['23502', 'data'],
    ['23505', 'data'],
    ['42P01', 'other'],
    ['28P01', 'other'],
    ['25P02', 'other'],
    ['XX000', 'other'],
  ])('SQLSTATE %s is %s', (code, kind) => {
    expect(classifyDatabaseError(withCode(code))).toBe(kind);
    expect(classifyDatabaseError(new QueryFailedError('SELECT', [], withCode(code)))).toBe(kind);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN'])(
    'network error %s is an outage',
    (code) => {
      expect(classifyDatabaseError(withCode(code))).toBe('outage');
    },
  );

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated',
    'Connection terminated due to connection timeout',
    'timeout expired',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
  ])('"%s" without a code is an outage', (message) => {
    expect(classifyDatabaseError(new Error(message))).toBe('outage');
    expect(classifyDatabaseError(new QueryFailedError('SELECT', [], new Error(message)))).toBe('outage');
  });

  it('examines causes and the errors of several addresses', () => {
    expect(classifyDatabaseError(new Error('batch failed', { cause: withCode('40001') }))).toBe('conflict');
    expect(classifyDatabaseError(new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')]))).toBe(
      'outage',
    );
  });

  it('does not mistake a bug for an outage', () => {
    const circular = new Error('circular');
    circular.cause = circular;

    for (const error of [new TypeError('x is undefined'), 'text', null, undefined, circular]) {
      expect(classifyDatabaseError(error)).toBe('other');
    }
  });

  it('goes by the SQLSTATE, because the message may contain values', () => {
    expect(classifyDatabaseError(Object.assign(new Error('Connection terminated'), { code: '22P02' }))).toBe('data');
  });
});

describe('sqlStateOf', () => {
  it('finds the SQLSTATE in an error wrapped by TypeORM', () => {
    expect(sqlStateOf(new QueryFailedError('SELECT', [], withCode('23505')))).toBe('23505');
  });

  it('is undefined for an error without a server', () => {
    expect(sqlStateOf(withCode('EPIPE'))).toBeUndefined();
    expect(sqlStateOf(new Error('x'))).toBeUndefined();
  });
});
