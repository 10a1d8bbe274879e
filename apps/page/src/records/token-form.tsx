import { useId, useState } from 'preact/hooks';
import type { ApiProblem } from '../api/problem.js';
import { forgetToken, rememberToken, token } from '../api/token.js';

/** What only the token opens. */
const OPENED = 'single messages, and the original bytes of rejected records';

/** Whether a request failed because of the token. */
export function isTokenProblem(problem: ApiProblem | null): boolean {
  return problem !== null && ['token-needed', 'token-not-configured'].includes(problem.kind);
}

/** Asks for the token, and says what it opens and where it is set. `problem` is why the last request was refused. */
export function TokenForm({ problem = null }: { readonly problem?: ApiProblem | null }) {
  const [text, setText] = useState('');
  const id = useId();
  const isWrong = problem?.kind === 'token-needed' && token.value !== null;
  if (problem?.kind === 'token-not-configured') {
    return (
      <div class="note" role="alert">
        <p>
          <strong>The gateway has no token, so {OPENED} are closed for everybody.</strong>
        </p>
        <p>
          Set <code>GATEWAY_API_TOKEN</code> on the gateway, at least 16 characters, and start it again.
        </p>
        {token.value === null ? null : <TokenNote />}
      </div>
    );
  }
  return (
    <form
      class="note token-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') rememberToken(text.trim());
      }}
    >
      <p role={isWrong ? 'alert' : undefined}>
        <strong>{isWrong ? 'The gateway does not accept this token.' : `A token opens ${OPENED}.`}</strong>{' '}
        {isWrong ? 'Compare it with GATEWAY_API_TOKEN of the gateway, then try again.' : null}
      </p>
      <div class="filters">
        <label class="filter" for={id}>
          Token
          <input
            {...{ id, type: 'password', value: text, autocomplete: 'off', spellcheck: false }}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        <button type="submit" class="button" disabled={text.trim() === ''}>
          Use the token
        </button>
        {isWrong ? (
          <button type="button" class="button" onClick={forgetToken}>
            Forget the token
          </button>
        ) : null}
      </div>
      <p class="secondary">
        It is the value of <code>GATEWAY_API_TOKEN</code> on the gateway. The page keeps it until this tab is closed,
        and sends it to this gateway only.
      </p>
    </form>
  );
}

/** Says that there is a token, and forgets it. */
export function TokenNote() {
  return (
    <p class="secondary">
      This tab has a token.{' '}
      <button type="button" class="link-button" onClick={forgetToken}>
        Forget the token
      </button>
    </p>
  );
}
