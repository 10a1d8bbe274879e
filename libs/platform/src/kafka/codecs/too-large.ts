export function tooLarge(maxBytes: number): string {
  return `it holds more than ${maxBytes / 1024 / 1024} MiB`;
}
