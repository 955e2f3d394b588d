import { randomBytes } from 'node:crypto';

/** An opaque token: base64 without the characters that would need quoting in a header or a cookie. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
