import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Component, ProbeResponse, ComponentState } from './component.js';
import { ComponentWatch } from './component-watch.js';

interface Probe {
  respond(response: ProbeResponse): void;
  fail(error: Error): void;
}

let probes: Probe[];
let changes: ComponentState[];
let watch: ComponentWatch;

const component: Component = {
  name: 'mart',
  remedy: 'look at it',
  probe: () => new Promise((respond, fail) => probes.push({ respond, fail })),
};

beforeEach(() => {
  jest.useFakeTimers();
  probes = [];
  changes = [];
  watch = new ComponentWatch(component, (state) => changes.push(state));
  watch.start();
});

afterEach(async () => {
  probes.at(-1)?.respond({ status: 'up' });
  await watch.stop();
  jest.useRealTimers();
});

const after = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);

describe('ComponentWatch', () => {
  it('remembers the response and probes again a second later', async () => {
    expect(watch.state).toMatchObject({
      name: 'mart',
      status: 'down',
      message: 'not probed yet',
      answeredAt: undefined,
    });
    probes[0]!.respond({ status: 'up', details: { rows: 1 } });
    await after(0);

    expect(watch.state).toMatchObject({
      status: 'up',
      details: { rows: 1 },
      since: new Date(),
      answeredAt: new Date(),
    });
    await after(999);
    expect(probes).toHaveLength(1);
    await after(1);
    expect(probes).toHaveLength(2);
  });

  it('reports a missing response while the probe is running, and never runs two probes at once', async () => {
    probes[0]!.respond({ status: 'up', details: { rows: 1 } });
    await after(1000);
    await after(1499);
    expect(watch.state.status).toBe('up');
    await after(1);

    const late = { status: 'degraded', message: 'no answer for 1.5 s', action: 'look at it', details: { rows: 1 } };
    expect(changes.at(-1)).toMatchObject(late);
    await after(1500);
    expect(changes.at(-1)).toMatchObject({ status: 'down', message: 'no answer for 3.0 s', action: 'look at it' });
    expect(changes.at(-1)).not.toHaveProperty('details');
    const since = new Date();
    await after(60_000);
    expect(probes).toHaveLength(2);
    expect(watch.state).toMatchObject({ status: 'down', message: 'no answer for 63.0 s', since });

    probes[1]!.respond({ status: 'up' });
    await after(0);
    expect(watch.state).toMatchObject({ status: 'up', since: new Date() });
  });

  it('ignores one slow response, and reports two in a row', async () => {
    await after(1400);
    probes[0]!.respond({ status: 'up' });
    await after(0);
    expect(changes.map(({ status }) => status)).toEqual(['up']);
    await after(4200);
    await after(1400);
    probes[1]!.respond({ status: 'up' });
    await after(0);

    expect(watch.state).toMatchObject({ status: 'degraded', message: 'slow: the last response took 1.4 s' });
    await after(4200);
    await after(900);
    probes[2]!.respond({ status: 'up' });
    await after(0);
    expect(watch.state.status).toBe('up');
  });

  it('is degraded after a failed probe, probes again soon, and is down after three seconds of failures', async () => {
    probes[0]!.respond({ status: 'up' });
    await after(1000);
    probes[1]!.fail(new Error('timed out'));
    await after(0);
    expect(watch.state).toMatchObject({ status: 'degraded', message: 'timed out', action: 'look at it' });
    await after(500);
    probes[2]!.respond({ status: 'up' });
    await after(0);
    expect(watch.state.status).toBe('up');

    await after(1000);
    for (let failed = 3; failed < 8; failed++) {
      probes[failed]!.fail(new Error('timed out'));
      await after(500);
    }
    expect(watch.state.status).toBe('degraded');
    probes[8]!.fail(new Error('timed out'));
    await after(500);
    expect(watch.state).toMatchObject({ status: 'down', message: 'timed out' });
  });

  it('probes a slow component less often', async () => {
    await after(800);
    probes[0]!.respond({ status: 'up' });
    await after(2399);
    expect(probes).toHaveLength(1);
    await after(1);
    expect(probes).toHaveLength(2);
  });

  it('keeps the time of the last change of status', async () => {
    probes[0]!.respond({ status: 'degraded', message: 'one' });
    await after(0);
    const since = new Date();
    await after(1000);
    probes[1]!.respond({ status: 'degraded', message: 'two' });
    await after(0);

    expect(watch.state).toMatchObject({ status: 'degraded', message: 'two', since });
  });

  it('reports a component that never responded as down, and says what to do', async () => {
    probes[0]!.fail(new Error('connect ECONNREFUSED'));
    await after(0);

    expect(watch.state).toMatchObject({ status: 'down', message: 'connect ECONNREFUSED', action: 'look at it' });
  });
});
