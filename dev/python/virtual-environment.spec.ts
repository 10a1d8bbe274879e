import { expect, it } from '@jest/globals';
import { downloadOf } from './virtual-environment.js';

it.each([
  ['  Downloading pgadmin4-9.18-py3-none-any.whl (190.1 MB)', 'pgadmin4-9.18-py3-none-any.whl, 190.1 MB'],
  ['  Using cached lxml-6.0.2-cp311-manylinux.whl (5.2 MB)', 'lxml-6.0.2-cp311-manylinux.whl, 5.2 MB'],
  ['Downloading pip-26.0-py3-none-any.whl (1.8 MB)', 'pip-26.0-py3-none-any.whl, 1.8 MB'],
  ['  Downloading six-1.17.0-py2.py3-none-any.whl (11 kB)', undefined],
  ['Collecting pgadmin4==9.18', undefined],
])('downloadOf reports large downloads only: %j', (line, expected) => {
  expect(downloadOf(line)).toBe(expected);
});
