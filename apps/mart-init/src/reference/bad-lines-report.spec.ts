import { describe, expect, it } from '@jest/globals';
import { BadLinesReport } from './bad-lines-report.js';

describe('BadLinesReport', () => {
  it('is empty until a problem is added', () => {
    const report = new BadLinesReport('a.csv');
    expect(report.isEmpty).toBe(true);
    expect(report.describe()).toEqual([]);
    report.addFileProblem('a.csv is empty');
    expect(report.isEmpty).toBe(false);
    expect(report.describe()).toEqual(['a.csv is empty']);
  });

  it('shows the first bad lines of the file, in whatever order they are added, and counts all', () => {
    const report = new BadLinesReport('a.csv');
    for (let line = 30; line >= 2; line--) report.add(line, `fault ${line}`);
    report.addUnlisted(5);
    expect(report.count).toBe(34);
    const shown = Array.from({ length: 20 }, (_, i) => `a.csv:${i + 2}: fault ${i + 2}`);
    expect(report.describe()).toEqual([...shown, 'a.csv: bad lines not shown: 14']);
  });
});
