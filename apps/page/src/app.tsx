import type { ComponentType } from 'preact';
import { ErrorBoundary, lazy, LocationProvider, Route, Router, useLocation } from 'preact-iso';
import { useEffect, useRef, useState } from 'preact/hooks';
import { BASE } from './base.js';
import { ExplainPanel } from './components/explain-panel.js';
import { explained } from './components/explained.js';
import { Footer } from './components/footer.js';
import { Navigation } from './components/navigation.js';
import { PageFailed } from './components/page-failed.js';
import { PAGES, type PageName } from './pages.js';
import { holdWallWhileFailing } from './pages/flow/hold-wall.js';
import { NotFound } from './pages/not-found.js';
import { startClock } from './settings/clock.js';
import { applyTheme } from './settings/theme.js';
import { storeTimeZone } from './settings/time-zone.js';
import { startWall } from './settings/wall.js';
import { isStale } from './stream/is-stale.js';
import { startStream } from './stream/pipeline-stream.js';

/** Each page is loaded when it is first shown. */
const COMPONENTS: Readonly<Record<PageName, ComponentType>> = {
  '': lazy(() => import('./pages/flow/flow.js').then(({ Flow }) => Flow)),
  overview: lazy(() => import('./pages/overview/overview.js').then(({ Overview }) => Overview)),
  campaigns: lazy(() => import('./pages/campaigns/campaigns.js').then(({ Campaigns }) => Campaigns)),
  campaign: lazy(() => import('./pages/campaign/campaign.js').then(({ Campaign }) => Campaign)),
  days: lazy(() => import('./pages/days/days.js').then(({ Days }) => Days)),
  'send-times': lazy(() => import('./pages/send-times/send-times.js').then(({ SendTimes }) => SendTimes)),
  funnel: lazy(() => import('./pages/funnel/funnel.js').then(({ Funnel }) => Funnel)),
  deliverability: lazy(() =>
    import('./pages/deliverability/deliverability.js').then(({ Deliverability }) => Deliverability),
  ),
  triggers: lazy(() => import('./pages/triggers/triggers.js').then(({ Triggers }) => Triggers)),
  experiments: lazy(() => import('./pages/experiments/experiments.js').then(({ Experiments }) => Experiments)),
  quality: lazy(() => import('./pages/quality/quality.js').then(({ Quality }) => Quality)),
  quarantine: lazy(() => import('./pages/quarantine/quarantine.js').then(({ Quarantine }) => Quarantine)),
  find: lazy(() => import('./pages/find/find.js').then(({ Find }) => Find)),
};

/** Links to pages are followed without a load; links to the gateway's other addresses are not. */
const PAGE_LINKS = new RegExp(`^\\./(${PAGES.map(({ name }) => name).join('|')})([?#]|$)`);

export function App() {
  return (
    <LocationProvider scope={PAGE_LINKS}>
      <Shell />
    </LocationProvider>
  );
}

function Shell() {
  const { path, route } = useLocation();
  const main = useRef<HTMLElement>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const current = nameAt(path);
  const title = PAGES.find(({ name }) => name === current)?.title ?? 'Not found';

  useEffect(() => {
    applyTheme();
    storeTimeZone();
    startClock();
    startStream();
    startWall(route);
    holdWallWhileFailing();
  }, []);
  const shown = useRef(path);
  useEffect(() => {
    document.title = `${title} – Messages pipeline`;
    setFailure(null);
    explained.value = null;
    if (shown.current === path) return;
    shown.current = path;
    // As after a load: readers of the screen begin at the new page.
    main.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [path]);

  return (
    <div class="shell">
      <a class="skip-link" href="#main">
        Skip to the content
      </a>
      <Navigation current={current} />
      <main id="main" class="main" ref={main} tabIndex={-1} data-stale={isStale.value || undefined}>
        {failure !== null ? (
          <PageFailed error={failure} />
        ) : (
          <ErrorBoundary onError={setFailure}>
            <Router>
              {PAGES.map(({ name }) => (
                <Route key={name} path={BASE + name} component={COMPONENTS[name]} />
              ))}
              <Route default component={NotFound} />
            </Router>
          </ErrorBoundary>
        )}
      </main>
      <Footer />
      <ExplainPanel />
    </div>
  );
}

function nameAt(path: string): PageName | undefined {
  const name = `${path}/`.startsWith(BASE) ? path.slice(BASE.length) : undefined;
  return PAGES.find((page) => page.name === name)?.name;
}
