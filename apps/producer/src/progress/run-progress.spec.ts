import { describe, expect, it } from '@jest/globals';
import { RunProgress } from './run-progress.js';

describe('RunProgress', () => {
  it('counts the bytes of each file once, and those of resumed and finished files as read before', () => {
    const progress = new RunProgress(600);
    progress.end(100);
    expect(progress.snapshot()).toMatchObject({ file: '', rows: 0, bytes: 100, bytesAtStart: 100, totalBytes: 600 });

    progress.begin({ name: 'a.csv', bytesAtStart: 50, bytesRead: 80 });
    progress.acknowledged(7);
    expect(progress.snapshot()).toMatchObject({ file: 'a.csv', rows: 7, bytes: 180, bytesAtStart: 150 });
    progress.end(200);
    expect(progress.snapshot()).toMatchObject({ file: 'a.csv', bytes: 300, bytesAtStart: 150 });

    progress.begin({ name: 'b.csv', bytesAtStart: 0, bytesRead: 300 });
    progress.acknowledged(3);
    progress.end(300);
    expect(progress.snapshot()).toMatchObject({ file: 'b.csv', rows: 10, bytes: 600, bytesAtStart: 150 });
  });
});
