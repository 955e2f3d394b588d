import { type Html, html } from './html.ts';
import { layout } from './layout.ts';

/** Asks for the page's own password. */
export function loginPage(note: Html | undefined): Html {
  return layout({
    title: 'Sign in - icloudpd',
    main: html`<section class="card narrow"><h1>Sign in to this page</h1>
${note}
<form method="post" action="/login">
<input class="unseen" type="text" name="username" value="icloudpd" autocomplete="username" tabindex="-1" aria-hidden="true" readonly>
<label for="password">Password of this page</label>
<input id="password" type="password" name="password" autocomplete="current-password" required autofocus aria-describedby="which">
<p id="which" class="hint">Not the one of your Apple Account: the one that was set for this page with <code>--web-password-file</code> or in the keyring.</p>
<button class="main">Sign in</button>
</form></section>`,
  });
}

/** What a one-time link shows before it is used up. */
export function linkPage(token: string, username: string): Html {
  return layout({
    title: 'Answer - icloudpd',
    main: html`<section class="card narrow"><h1>Answer for ${username}</h1>
<p>Apple asks something before the photos of this account can be downloaded. This link works once, and only for this question.</p>
<form method="post" action="/link/${token}"><button class="main" autofocus>Show the question</button></form></section>`,
  });
}

/** Loads the page once more from here: a browser that comes from elsewhere leaves its cookie at home the first time. */
export function bouncePage(): Html {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>icloudpd</title><meta http-equiv="refresh" content="0; url=/"></head>
<body><p><a href="/">To the start page</a></p></body></html>`;
}
