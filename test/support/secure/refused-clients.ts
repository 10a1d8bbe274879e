import type { ClientSettings, Settings } from './client-settings.js';

/** A name, the variables of a client, and what it must say. */
export type RefusedCase = readonly [name: string, settings: (of: ClientSettings) => Settings, message: RegExp];

/** Clients that Kafka refuses or that do not trust it, of which both engines say the same. */
export const REFUSED_CLIENTS: readonly RefusedCase[] = [
  [
    'another authority',
    (of) => ({ ...of.at('sasl'), ...of.tls(), ...of.login('plain'), KAFKA_TLS_CA_FILE: of.otherAuthority }),
    /Name the authority .* KAFKA_TLS_CA_FILE/,
  ],
  [
    'no authority',
    (of) => ({ ...of.at('sasl'), ...of.login('plain'), KAFKA_TLS: 'true' }),
    /Name the authority .* KAFKA_TLS_CA_FILE/,
  ],
  ['an expired certificate', (of) => ({ ...of.at('expired'), ...of.tls() }), /certificate has expired: renew it/],
  ['a certificate of another host', (of) => ({ ...of.at('otherhost'), ...of.tls() }), /is for another host/],
  [
    'a wrong password',
    (of) => ({
      ...of.at('sasl'),
      ...of.tls(),
      ...of.login('scram-sha-256', { KAFKA_SASL_PASSWORD: 'wrong password' }),
    }),
    /Correct KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD/,
  ],
  [
    'a wrong password in clear',
    (of) => ({ ...of.at('sasl'), ...of.tls(), ...of.login('plain', { KAFKA_SASL_PASSWORD: 'wrong password' }) }),
    /Correct KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD/,
  ],
  [
    'a mechanism that the listener lacks',
    (of) => ({ ...of.at('scram'), ...of.tls(), ...of.login('plain') }),
    /Set KAFKA_SASL_MECHANISM to one that/,
  ],
  [
    'a login to a listener without one',
    (of) => ({ ...of.at('mutual'), ...of.ofClient(), ...of.login('plain') }),
    /has no login/,
  ],
  ['clear text to TLS', (of) => ({ ...of.at('sasl'), ...of.login('plain') }), /Set KAFKA_TLS=true/],
  ['no certificate of the client', (of) => ({ ...of.at('mutual'), ...of.tls() }), /check KAFKA_TLS_CERT_FILE/],
];
