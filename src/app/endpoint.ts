/** Thrown for an `ICLOUDPD_ENDPOINT` that must not be used. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Reads `ICLOUDPD_ENDPOINT`, the address of a local iCloud to try the program on. Only this machine is allowed: whoever
 * could point it elsewhere would get the session.
 *
 * @returns undefined when it is not set
 * @throws EndpointError
 */
export function readEndpoint(value: string | undefined): URL | undefined {
  if (value === undefined || value === '') return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || !LOOPBACK.test(url.hostname)) {
    throw new EndpointError(
      `ICLOUDPD_ENDPOINT must be an address of this machine, such as http://127.0.0.1:8765, and is ${JSON.stringify(value)}. ` +
        'Correct it, or unset it to work with Apple.',
    );
  }
  return url;
}
