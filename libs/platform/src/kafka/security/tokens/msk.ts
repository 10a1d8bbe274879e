import { messageOf } from '../../../errors/message-of.js';
import { TokenError, type TokenSource } from './token-source.js';

const REMEDY =
  "Run with credentials of AWS that the standard chain finds, such as a role of the pod or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and the cluster's AWS_REGION";

/** Tokens of Amazon MSK with IAM: a signed request, by the credentials that AWS' standard chain finds. */
export function mskTokens(region: string): TokenSource {
  return async () => {
    try {
      const { generateAuthToken } = await import('aws-msk-iam-sasl-signer-js');
      const { token, expiryTime } = await generateAuthToken({ region });
      return { value: token, lifeSeconds: (expiryTime - Date.now()) / 1000 };
    } catch (cause) {
      throw new TokenError(`no token for Amazon MSK: ${messageOf(cause)}`, REMEDY, { cause });
    }
  };
}
