import type { GoogleAuth } from 'google-auth-library';
import { messageOf } from '../../../errors/message-of.js';
import { TokenError, type TokenSource } from './token-source.js';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const REMEDY =
  'Run with a service account of Google Cloud: workload identity on GKE, or GOOGLE_APPLICATION_CREDENTIALS elsewhere';
/** Google's tokens are valid for an hour; a cached one of the metadata server for at least five minutes. */
const LEAST_LIFE_SECONDS = 300;

/**
 * Access tokens of the application's default credentials, in the form that Google's managed Kafka takes: a JWT whose signature is the
 * access token.
 */
export function googleTokens(): TokenSource {
  let auth: Promise<GoogleAuth> | undefined;
  return async () => {
    auth ??= import('google-auth-library').then((library) => new library.GoogleAuth({ scopes: SCOPE }));
    try {
      const google = await auth;
      const client = await google.getClient();
      const { token } = await client.getAccessToken();
      const { client_email: email } = await google.getCredentials();
      const now = Math.floor(Date.now() / 1000);
      const expires = Math.floor((client.credentials.expiry_date ?? Date.now() + LEAST_LIFE_SECONDS * 1000) / 1000);
      const parts = [
        JSON.stringify({ typ: 'JWT', alg: 'GOOG_OAUTH2_TOKEN' }),
        JSON.stringify({ exp: expires, iat: now, iss: 'Google', scope: 'kafka', sub: email }),
        token!,
      ];
      return {
        value: parts.map((part) => Buffer.from(part).toString('base64url')).join('.'),
        lifeSeconds: expires - now,
      };
    } catch (cause) {
      throw new TokenError(`no token from Google: ${messageOf(cause)}`, REMEDY, { cause });
    }
  };
}
