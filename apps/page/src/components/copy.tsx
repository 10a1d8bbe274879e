import { useState } from 'preact/hooks';

/** Copies a text. Browsers offer their clipboard to pages over HTTPS and on localhost only, so elsewhere an older way is used. */
export function Copy({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [result, setResult] = useState<string | null>(null);
  const copy = async (near: HTMLElement) => {
    try {
      if (window.isSecureContext) await navigator.clipboard.writeText(text);
      else copyBySelection(text, near);
      setResult('Copied.');
    } catch {
      setResult('The browser did not allow it. Select the text and copy it.');
    }
  };
  return (
    <span class="copy">
      <button type="button" class="button" onClick={({ currentTarget }) => void copy(currentTarget)}>
        {label}
      </button>{' '}
      <span role="status">{result}</span>
    </span>
  );
}

function copyBySelection(text: string, near: HTMLElement): void {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'visually-hidden';
  // Inside a modal dialog nothing outside can be selected.
  near.after(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  near.focus();
  if (!isCopied) throw new Error('not copied');
}
