import { beforeEach, describe, expect, it } from '@jest/globals';
import { Restarter } from './restarter.js';

describe('Restarter', () => {
  const versions: Record<string, string> = {};
  let restarts: string[];
  let restarter: Restarter;

  beforeEach(async () => {
    Object.assign(versions, { 'mart-init': '1', consumer: '1' });
    restarts = [];
    restarter = new Restarter(
      ['mart-init', 'consumer'].map((name) => ({
        name,
        version: () => Promise.resolve(versions[name]!),
        restart: () => Promise.resolve(void restarts.push(name)),
      })),
    );
    await restarter.update();
  });

  it('starts all apps in order', () => {
    expect(restarts).toEqual(['mart-init', 'consumer']);
  });

  it('restarts only apps that have changed', async () => {
    versions['consumer'] = '2';
    await restarter.update();
    await restarter.update();
    expect(restarts).toEqual(['mart-init', 'consumer', 'consumer']);
  });
});
