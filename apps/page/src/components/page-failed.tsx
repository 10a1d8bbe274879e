/** A page that could not be shown: its script is missing, because a newer version was installed, or it has an error. */
export function PageFailed({ error }: { readonly error: unknown }) {
  const isMissing = /import|fetch|load/i.test(String(error));
  return (
    <>
      <h1 class="sentence">{isMissing ? 'This page could not be loaded.' : 'This page has an error.'}</h1>
      <p>
        {isMissing
          ? 'The gateway does not respond, or a newer version of the page was installed.'
          : `${String(error)}. Please report it.`}{' '}
        <button class="button" onClick={() => location.reload()}>
          Load it again
        </button>
      </p>
    </>
  );
}
