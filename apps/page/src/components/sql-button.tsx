import { useRef, useState } from 'preact/hooks';
import { inFormat, readText } from '../api/api.js';
import { ApiProblem } from '../api/problem.js';
import { Copy } from './copy.js';

/** Shows the SQL that gives the rows of an address, to run in psql or pgAdmin. */
export function SqlButton({ address }: { readonly address: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState<string | null>(null);

  const show = async () => {
    dialog.current?.showModal();
    try {
      setText(await readText(inFormat(address, 'sql')));
    } catch (error) {
      setText(`-- ${error instanceof ApiProblem ? error.detail : String(error)}`);
    }
  };

  return (
    <>
      <button type="button" class="link-button" onClick={() => void show()}>
        SQL
      </button>
      <dialog ref={dialog} class="dialog" aria-label="SQL of these figures">
        <div class="explain-head">
          <strong>SQL of these figures</strong>
          <button type="button" class="link-button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
        <p class="secondary">Run it in psql or pgAdmin, as the role analyst unless it names another.</p>
        <pre tabIndex={0}>{text ?? 'Loading…'}</pre>
        {text === null ? null : <Copy text={text} />}
      </dialog>
    </>
  );
}
