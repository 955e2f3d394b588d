import { createHash } from 'node:crypto';
import { type Html, html } from './html.ts';

/** A part of the page that is sent anew when it changes. */
export interface Region {
  /** Of the element. */
  readonly id: string;
  readonly content: Html;
  /** Tells whether a browser has this content already. */
  readonly hash: string;
}

export function region(id: string, content: Html): Region {
  return { id, content, hash: createHash('sha256').update(String(content)).digest('base64url').slice(0, 16) };
}

/** The element of a region as the page first has it. */
export function place({ id, content, hash }: Region, className = ''): Html {
  return html`<div id="${id}" class="region ${className}" data-hash="${hash}" tabindex="-1">${content}</div>`;
}

/** The same for a region that has its own scroll bar, which the keyboard must reach. */
export function placeScrolled({ id, content, hash }: Region, className: string, label: string): Html {
  return html`<div id="${id}" class="region ${className}" data-hash="${hash}" tabindex="0" role="region" aria-label="${label}">${content}</div>`;
}
