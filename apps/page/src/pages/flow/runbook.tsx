/** Names the section of the runbook, unless the text does. The runbook is a file beside the pipeline, not a page that the gateway has. */
export function Runbook({ section, text }: { readonly section: string | null; readonly text: string }) {
  if (section === null || text.includes(section)) return null;
  return (
    <span class="secondary">
      Start with {section} in <code>docs/runbook.md</code>.
    </span>
  );
}
