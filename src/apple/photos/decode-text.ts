/** @returns why a text field could not be read, or its text. */
export type DecodedText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly reason: string };

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Decodes a `...Enc` text field: plain when its type is STRING, base64 of UTF-8 when it is ENCRYPTED_BYTES or missing
 * (docs/protocol/photos.md, "Text fields").
 */
export function decodeText(field: { value: unknown; type: string | undefined } | undefined): DecodedText {
  if (field === undefined) return { kind: 'absent' };
  if (typeof field.value !== 'string') return { kind: 'unreadable', reason: 'not a text' };
  if (field.type === 'STRING') return { kind: 'text', text: field.value };
  if (field.type !== undefined && field.type !== 'ENCRYPTED_BYTES') {
    return { kind: 'unreadable', reason: `unknown type ${field.type}` };
  }
  const value = field.value.replaceAll(/\s/g, '');
  if (!BASE64.test(value) || value.length % 4 !== 0) return { kind: 'unreadable', reason: 'broken base64' };
  try {
    return { kind: 'text', text: utf8.decode(Buffer.from(value, 'base64')) };
  } catch {
    return { kind: 'unreadable', reason: 'not UTF-8' };
  }
}
