/** Microseconds since 1970 of a canonical time (UTC). Exact, as they are below 2^53 until the year 2255. */
export function microsecondsOf(time: string): number {
  const [seconds = '', fraction = ''] = time.split('.');
  return Date.parse(`${seconds.replace(' ', 'T')}Z`) * 1000 + Number(fraction.padEnd(6, '0'));
}
