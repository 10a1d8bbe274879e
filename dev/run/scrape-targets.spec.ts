import { describe, expect, it } from '@jest/globals';
import { fileSd } from './scrape-targets.js';

describe('fileSd', () => {
  it('labels each target with its service and metrics path', () => {
    const text = fileSd([
      { service: 'gateway', url: 'http://127.0.0.1:3000/metrics' },
      { service: 'spark-master', url: 'http://127.0.0.1:8080/metrics/master/prometheus/' },
    ]);

    expect(JSON.parse(text)).toEqual([
      { targets: ['127.0.0.1:3000'], labels: { service: 'gateway', __metrics_path__: '/metrics' } },
      {
        targets: ['127.0.0.1:8080'],
        labels: { service: 'spark-master', __metrics_path__: '/metrics/master/prometheus/' },
      },
    ]);
  });
});
