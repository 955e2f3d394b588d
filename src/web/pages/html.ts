import { html as template } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** Markup in which everything that came from elsewhere is escaped. */
export type Html = HtmlEscapedString;

/** What may stand in a template; text is escaped. */
type Value = Html | string | number | undefined | false | readonly Html[];

/** Hono's template, of which nothing is ever waited for. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  // a promise comes back only when a promise went in, which `Value` rules out
  return template(strings, ...values) as Html;
}

/** A moment. The script shows it as the browser's own time zone and language have it. */
export function time(ms: number): Html {
  const iso = new Date(ms).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

/** Text in which web addresses can be followed. */
export function linked(text: string): Html {
  const parts = text.split(/(https:\/\/[^\s,;)]*[^\s,;).:])/);
  return html`${parts.map((part, index) =>
    index % 2 === 1
      ? html`<a href="${part}" rel="noreferrer" target="_blank">${part.slice('https://'.length)}</a>`
      : html`${part}`,
  )}`;
}
