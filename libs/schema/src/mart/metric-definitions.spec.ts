import { describe, expect, it } from '@jest/globals';
import { FURTHER_FIGURES, MAIN_FIGURES, VENDORS } from './metric-definition.js';
import { VENDOR_METRICS } from './metric-definitions.js';
import { MEASURE_DESCRIPTIONS } from './measures.js';

describe('the metrics of vendors', () => {
  it.each(VENDORS)('%s has one row for each of the main figures', (vendor) => {
    const figures = VENDOR_METRICS.filter((each) => each.vendor === vendor).map(({ figure }) => figure);

    expect(figures).toEqual(expect.arrayContaining([...MAIN_FIGURES]));
    expect(new Set(figures).size).toBe(figures.length);
  });

  it('use every figure and no other', () => {
    expect(new Set(VENDOR_METRICS.map(({ figure }) => figure))).toEqual(new Set([...MAIN_FIGURES, ...FURTHER_FIGURES]));
  });

  it.each(VENDOR_METRICS)('$vendor, $figure: names a rate of ours that exists', ({ ourRate, ourFormula }) => {
    if (ourRate !== null) expect(Object.keys(MEASURE_DESCRIPTIONS)).toContain(ourRate);
    else expect(ourFormula).toBeUndefined();
  });

  it.each(VENDOR_METRICS)('$vendor, $figure: says what differs and where that is written', (definition) => {
    expect(definition.name).toMatch(/^\S.*\S$/);
    expect(definition.difference).toMatch(/^[A-Z].*[^.]$/);
    expect(definition.source).toMatch(/^[A-Z].+, https:\/\/\S+$/);
  });

  it('compare nothing with a formula that is not known', () => {
    const compared = VENDOR_METRICS.filter(({ formula, ourRate }) => formula === null && ourRate !== null);

    expect(compared).toEqual([]);
  });
});
