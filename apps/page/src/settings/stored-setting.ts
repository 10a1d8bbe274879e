/** Settings of this browser. Storage may be switched off; then a setting lasts as long as the page. */
export function readSetting<T extends string>(name: string, known: readonly T[], otherwise: T): T {
  try {
    const stored = localStorage.getItem(`messages-pipeline:${name}`);
    return known.find((each) => each === stored) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function writeSetting(name: string, value: string): void {
  try {
    localStorage.setItem(`messages-pipeline:${name}`, value);
  } catch {
    // Storage is switched off.
  }
}
