import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = css.split("[data-theme='dark']").map((part) => part);

const tokensOf = (text: string) =>
  Object.fromEntries([...text.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name!, colour!]));

const CHANNELS = ['email', 'mobile-push', 'web-push', 'sms'];
const TEXTS = ['text', 'secondary', 'accent', 'ok', 'degraded', 'down', 'absent'];

type Vector = readonly [number, number, number];

/** Linear RGB, from 0 to 1. */
function linear(hex: string): Vector {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

const apply = (matrix: readonly Vector[], [x, y, z]: Vector) =>
  matrix.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Vector;

/** WCAG 2.2, contrast ratio. */
function contrast(one: string, other: string): number {
  const [lower = 0, upper = 0] = [one, other]
    .map(linear)
    .map(([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b)
    .sort((a, b) => a - b);
  return (upper + 0.05) / (lower + 0.05);
}

/** Colours as seen with normal sight and without one kind of cones: Machado, Oliveira, Fernandes (2009), severity 1. */
const SIGHTS: Readonly<Record<string, readonly Vector[]>> = {
  'normal sight': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** OKLab: B. Ottosson (2020). */
function okLab(rgb: Vector): Vector {
  const lms = apply(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  ).map(Math.cbrt) as unknown as Vector;
  return apply(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    lms,
  );
}

function distance(one: string, other: string, sight: readonly Vector[]): number {
  const clamped = (hex: string) =>
    apply(sight, linear(hex)).map((value) => Math.min(1, Math.max(0, value))) as unknown as Vector;
  const [a, b] = [okLab(clamped(one)), okLab(clamped(other))];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

describe.each([
  ['light', tokensOf(light)],
  ['dark', tokensOf(dark)],
])('the %s palette', (_name, tokens) => {
  it.each(TEXTS)('has text that can be read: %s', (name) => {
    for (const ground of ['ground', 'raised'])
      expect(contrast(tokens[name]!, tokens[ground]!)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(CHANNELS)('has marks that can be seen: %s', (name) => {
    for (const ground of ['ground', 'raised'])
      expect(contrast(tokens[name]!, tokens[ground]!)).toBeGreaterThanOrEqual(3);
  });

  it.each(Object.entries(SIGHTS))('keeps the channels apart: %s', (_sight, matrix) => {
    const pairs = CHANNELS.flatMap((one, index) => CHANNELS.slice(index + 1).map((other) => [one, other] as const));
    const least = Math.min(...pairs.map(([one, other]) => distance(tokens[one]!, tokens[other]!, matrix)));
    expect(least).toBeGreaterThanOrEqual(0.15);
  });
});
