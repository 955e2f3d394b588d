import { SCRIPT_PATH } from '../assets/script.ts';
import { STYLE_PATH } from '../assets/style.ts';
import { type Html, html } from './html.ts';

interface Page {
  readonly title: string;
  readonly main: Html;
  /** Of the session; shows the way out. Undefined when nobody is signed in, or nobody has to be. */
  readonly signOutCsrf?: string | undefined;
  /** Whether the page keeps itself up to date. */
  readonly live?: boolean;
  /** For browsers without JavaScript: load the page again after so many seconds. */
  readonly reloadSeconds?: number | undefined;
}

/** The frame that all pages share. */
export function layout(page: Page): Html {
  const { live = false } = page;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${page.title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${STYLE_PATH}">
<script src="${SCRIPT_PATH}" defer></script>
${page.reloadSeconds !== undefined && html`<noscript><meta http-equiv="refresh" content="${page.reloadSeconds}"></noscript>`}
</head>
<body${live && html` data-live="/events"`}>
<a class="skip" href="#main">Skip to the content</a>
<header>
<p class="brand"><img src="/icon.svg" alt="" width="28" height="28"> icloudpd</p>
${live && html`<p id="connection" role="status"></p>`}
${
  page.signOutCsrf !== undefined &&
  html`<form method="post" action="/logout"><input type="hidden" name="csrf" value="${page.signOutCsrf}"><button class="quiet" title="Of this page; icloudpd stays signed in to iCloud">Sign out</button></form>`
}
</header>
<main id="main" tabindex="-1">
${page.main}
</main>
${live && html`<p id="announcer" class="unseen" role="status"></p>`}
</body>
</html>`;
}

/** A page that says one thing. */
export function messagePage(title: string, text: string): Html {
  return layout({
    title: `${title} - icloudpd`,
    main: html`<section class="card narrow"><h1>${title}</h1><p>${text}</p><p><a href="/">To the start page</a></p></section>`,
  });
}
