import { describe, expect, it } from '@jest/globals';
import type { NetworkPolicy } from '../support/manifests/kubernetes.js';
import { Reachability, type Party, type Port } from '../support/manifests/reachability.js';

type Spec = NetworkPolicy['spec'];

const pod = (name: string, namespace = 'shop'): Party => ({
  name,
  pod: {
    labels: { app: name },
    namespace: { 'kubernetes.io/metadata.name': namespace },
    ports: [{ name: 'http', containerPort: 3000 }],
  },
});
const [a, b, c] = [pod('a'), pod('b'), pod('c')];
const stranger = pod('a', 'elsewhere');
const server: Party = { name: 'server', ip: '10.1.2.3' };

const HTTP: Port = { number: 3000, protocol: 'TCP' };
const OTHER: Port = { number: 3001, protocol: 'TCP' };

const app = (...names: string[]) => ({ matchExpressions: [{ key: 'app', operator: 'In' as const, values: names }] });
const DENY: Spec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
const sendsAll: Spec = { podSelector: {}, egress: [{}], policyTypes: ['Egress'] };
const receivesAll: Spec = { podSelector: {}, ingress: [{}] };

function reaches(specs: readonly Spec[], from: Party, to: Party, port = HTTP): boolean {
  const policies = specs.map((spec) => ({ apiVersion: '', kind: '', metadata: { name: '' }, spec }));
  return new Reachability(policies, 'shop').reaches(from, to, port);
}

describe('a pod that no policy selects', () => {
  it('everything is allowed', () => {
    expect(reaches([], a, b)).toBe(true);
    expect(reaches([{ ...DENY, podSelector: app('c') }], a, b)).toBe(true);
    expect(reaches([DENY], stranger, server)).toBe(true);
  });
});

describe('both sides must allow a connection', () => {
  it.each([
    ['none does', [DENY], false],
    ['only the sender', [DENY, sendsAll], false],
    ['only the receiver', [DENY, receivesAll], false],
    ['both', [DENY, sendsAll, receivesAll], true],
  ])('%s', (_what, specs, expected) => {
    expect(reaches(specs, a, b)).toBe(expected);
  });

  it('a policy without types applies to ingress, and to egress if it has egress rules', () => {
    expect(reaches([{ podSelector: app('a') }], a, b)).toBe(true);
    expect(reaches([{ podSelector: app('a'), egress: [] }], a, b)).toBe(false);
    expect(reaches([{ podSelector: app('b') }], a, b)).toBe(false);
  });
});

describe('allowed senders', () => {
  const from = (...peers: NonNullable<NonNullable<Spec['ingress']>[number]['from']>) => [
    { podSelector: app('b'), ingress: [{ from: peers }] },
  ];

  it('pods that the selector matches in this namespace', () => {
    const specs = from({ podSelector: app('a') });
    expect([a, c, stranger, server].map((party) => reaches(specs, party, b))).toEqual([true, false, false, false]);
  });

  it('pods of another namespace', () => {
    const specs = from({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'elsewhere' } } });
    expect([a, stranger, server].map((party) => reaches(specs, party, b))).toEqual([false, true, false]);
  });

  it('pods that the selector matches in any namespace', () => {
    const specs = from({ namespaceSelector: {}, podSelector: app('a') });
    expect([a, c, stranger].map((party) => reaches(specs, party, b))).toEqual([true, false, true]);
  });

  it.each([
    ['10.1.2.3/32', [], true],
    ['10.1.0.0/16', [], true],
    ['10.1.0.0/16', ['10.1.2.0/24'], false],
    ['10.2.0.0/16', [], false],
    ['0.0.0.0/0', [], true],
  ])('addresses of %s without %j: %s', (cidr, except, expected) => {
    const specs = from({ ipBlock: { cidr, except } });
    expect([server, a].map((party) => reaches(specs, party, b))).toEqual([expected, false]);
  });
});

describe('allowed ports', () => {
  const ports = (...list: NonNullable<NonNullable<Spec['ingress']>[number]['ports']>) => [
    { podSelector: app('b'), ingress: [{ ports: list }] },
  ];

  it.each([
    ['its name', { port: 'http' }, [true, false]],
    ['a name that the pod does not have', { port: 'grpc' }, [false, false]],
    ['its number', { port: 3001 }, [false, true]],
    ['a range', { port: 3000, endPort: 3001 }, [true, true]],
    ['another protocol', { port: 3000, protocol: 'UDP' }, [false, false]],
    ['any', { protocol: 'TCP' }, [true, true]],
  ])('%s', (_what, port, expected) => {
    expect([HTTP, OTHER].map((asked) => reaches(ports(port), a, b, asked))).toEqual(expected);
  });

  it('a port name is resolved at the receiver, for egress too', () => {
    const specs = [{ podSelector: app('a'), egress: [{ ports: [{ port: 'http' }] }] }];
    expect([b, server].map((to) => reaches(specs, a, to))).toEqual([true, false]);
  });
});
