/** Thrown when the web page must not, or cannot, be served; the message says why and what to do. */
export class WebStartError extends Error {
  override readonly name = 'WebStartError';
}
