/** A valid picture of 32 by 24 pixels, so that a photo can be made at once, without an encoder. */
const PICTURE = Buffer.from(
  [
    '/9j/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMR',
    'EyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAYACADASIAAhEBAxEB/8QA',
    'GAABAAMBAAAAAAAAAAAAAAAAAAMEBQb/xAAfEAABBAIDAQEAAAAAAAAAAAABAAIEEwMSBTFhEVH/xAAZAQABBQAAAAAAAAAAAAAAAAAAAgME',
    'BQb/xAAdEQABBAIDAAAAAAAAAAAAAAAAAQITFAQREiFR/9oADAMBAAIRAxEAPwDWuS5Z93qXepqoT7R0fFQROY/Lke5rGnUBvZKr8jhMKUcW',
    '2wI2afFQg8vIgF1JaWu7a4fQoZU/LKzuzZnfXH86CKi+CEyHct76Mm5LkRaGNpSyOFyXIiI2hI4//9k=',
  ].join(''),
  'base64',
);
const SEGMENT_LIMIT = 65_533;

export const TINY_WIDTH = 32;
export const TINY_HEIGHT = 24;

/** The tiny picture made distinct by a comment. */
export function tinyJpeg(comment: string): Uint8Array {
  return withComment(PICTURE, Buffer.from(comment));
}

/**
 * Puts a comment segment at the head of a JPEG file, which changes its bytes and nothing a viewer shows.
 *
 * @throws RangeError when the comment does not fit into one segment
 */
export function withComment(jpeg: Uint8Array, comment: Uint8Array): Uint8Array {
  if (comment.length > SEGMENT_LIMIT) throw new RangeError(`A JPEG comment holds at most ${SEGMENT_LIMIT} bytes`);
  const length = comment.length + 2;
  const segment = [0xff, 0xfe, length >> 8, length & 0xff];
  const result = new Uint8Array(jpeg.length + segment.length + comment.length);
  result.set(jpeg.subarray(0, 2));
  result.set(segment, 2);
  result.set(comment, 6);
  result.set(jpeg.subarray(2), 6 + comment.length);
  return result;
}
