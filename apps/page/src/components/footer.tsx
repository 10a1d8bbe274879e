import { dateTime } from '../format/time.js';
import { duration } from '../format/duration.js';
import { now } from '../settings/clock.js';
import { theme, THEMES, type Theme } from '../settings/theme.js';
import { timeZone } from '../settings/time-zone.js';
import { connection, pipeline } from '../stream/pipeline-stream.js';
import { isStale } from '../stream/is-stale.js';
import { connectionText } from '../stream/connection-text.js';

/** Age of the data, time zone, version and theme. */
export function Footer() {
  const isUtc = timeZone.value === 'utc';
  const text = connectionText(connection.value, now.value, duration);
  return (
    <footer class="foot">
      <span class={`data-age ${isStale.value ? 'is-stale' : ''}`}>{text}</span>
      <span>
        {dateTime(now.value, timeZone.value)}{' '}
        <button onClick={() => (timeZone.value = isUtc ? 'local' : 'utc')}>
          {isUtc ? 'Show local time' : 'Show UTC'}
        </button>
      </span>
      <Version />
      <label>
        Theme{' '}
        <select value={theme.value} onChange={({ currentTarget }) => (theme.value = currentTarget.value as Theme)}>
          {THEMES.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <span class="foot-links">
        <a href="./docs">REST</a> · <a href="./health">health</a> · <a href="./metrics">metrics</a> ·{' '}
        <a href="./licenses.md">licences</a>
      </span>
    </footer>
  );
}

function Version() {
  const gateway = (pipeline.value as { version?: string } | null)?.version;
  if (gateway === undefined || gateway === __VERSION__) return <span>version {__VERSION__}</span>;
  return (
    <span>
      version {__VERSION__}; a newer version is there:{' '}
      <button onClick={() => location.reload()}>Load version {gateway}</button>
    </span>
  );
}
