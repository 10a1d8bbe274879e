import { describe, expect, it } from '@jest/globals';
import { CsvError } from '#platform/csv/csv-error.js';
import { fileFault } from './file-fault.js';
import { ProducerError } from './producer-error.js';

describe('fileFault', () => {
  it('returns CSV errors and changed files as they are', () => {
    const noHeader = new CsvError('CSV_HEADER_INVALID', 'no header');
    const changed = new ProducerError('PRODUCER_FILE_CHANGED', 'changed');
    expect([noHeader, changed].map((error) => fileFault('m.csv', error))).toEqual([noHeader, changed]);
  });

  it('wraps a system error in a retriable one that says what to do', () => {
    const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall: 'open' });
    expect(fileFault('m.csv', denied)).toMatchObject({
      code: 'PRODUCER_FILE_UNREADABLE',
      message: expect.stringMatching(/^m\.csv cannot be read: EACCES: permission denied\. Check its permissions/),
      retriable: true,
      cause: denied,
    });
  });

  it.each([
    ['ENOENT', 'It existed a moment ago'],
    ['EISDIR', 'It is a folder.'],
    ['EIO', 'Check the disk or volume'],
  ])('says what to do about %s', (code, remedy) => {
    const fault = fileFault('m.csv', Object.assign(new Error(code), { code, syscall: 'open' }));
    expect(fault?.message).toContain(remedy);
    expect(fault?.message).not.toContain('permissions');
  });

  it('is null for refusals by Kafka, programming errors and the shutdown', () => {
    const others = [new ProducerError('PRODUCER_REFUSED_BY_KAFKA', 'too large'), new TypeError(), new Error('ending')];
    expect(others.map((error) => fileFault('m.csv', error))).toEqual([null, null, null]);
  });
});
