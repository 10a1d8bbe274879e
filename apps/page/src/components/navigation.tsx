import { useLocation } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { count } from '../format/number.js';
import { PAGES, type PageName } from '../pages.js';
import { pipeline } from '../stream/pipeline-stream.js';
import { StateLabel, worstOf } from './state-label.js';

const GROUPS = [
  { name: 'pipeline', label: 'Pipeline' },
  { name: 'mart', label: 'Mart' },
  { name: 'records', label: 'Records' },
] as const;

export function Navigation({ current }: { readonly current: PageName | undefined }) {
  const [isOpen, setOpen] = useState(false);
  const { path } = useLocation();
  useEffect(() => setOpen(false), [path]);
  // A campaign is reached from the list of campaigns.
  const marked = current === 'campaign' ? 'campaigns' : current;

  return (
    <nav class="nav" aria-label="Pages">
      <a class="nav-title" href="./">
        Messages pipeline
      </a>
      <button class="menu-button" aria-expanded={isOpen} aria-controls="pages" onClick={() => setOpen(!isOpen)}>
        Menu
      </button>
      <div class="nav-lists" id="pages" data-open={String(isOpen)}>
        {GROUPS.map((group) => (
          <ul key={group.name} aria-label={group.label}>
            {PAGES.filter((page) => page.group === group.name).map(({ name, title }) => (
              <li key={name}>
                <a href={`./${name}`} aria-current={name === marked ? 'page' : undefined}>
                  {title}
                  <Note page={name} />
                </a>
              </li>
            ))}
          </ul>
        ))}
      </div>
    </nav>
  );
}

/** What a page has to say before it is opened. */
function Note({ page }: { readonly page: PageName }) {
  const state = pipeline.value;
  if (state === null) return null;
  if (page === '') return <StateLabel class="nav-note" status={worstOf(Object.values(state.parts))} />;
  if (page !== 'quarantine' || !state.stages.quarantined.count) return null;
  return <span class="nav-note number">{count(state.stages.quarantined.count)}</span>;
}
