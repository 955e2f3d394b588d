const LINE_END = 0x0a;

/**
 * The first line of what a file or a program gives, without its line end and without a byte order mark.
 *
 * @returns `not-utf-8` when its bytes are not: guessing would send Apple a wrong password, and each one brings the
 *   account nearer to its lock
 */
export function firstLine(bytes: Buffer): { readonly line: string } | 'not-utf-8' {
  const end = bytes.indexOf(LINE_END);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(end < 0 ? bytes : bytes.subarray(0, end));
    return { line: text.replace(/\r$/, '') };
  } catch {
    return 'not-utf-8';
  }
}
