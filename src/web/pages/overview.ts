import type { BoardSnapshot } from '../board.ts';
import type { Controls } from '../controls.ts';
import type { Desk } from '../desk.ts';
import { type AccountRegions, type AccountView, accountRegions, standing } from './account.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { place, placeScrolled, type Region, region } from './region.ts';

/** What a page is made of. */
export interface Facts {
  readonly board: BoardSnapshot;
  readonly desk: Desk;
  readonly controls: Controls;
  readonly csrf: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What changes on a page, apart from where it stands there. */
export interface LiveParts {
  readonly regions: readonly Region[];
  readonly title: string;
  /** One short sentence an account, read out when it changes. */
  readonly announcements: ReadonlyMap<string, string>;
}

interface Overview {
  readonly accounts: readonly { readonly view: AccountView; readonly regions: AccountRegions }[];
  readonly controls: Region;
  readonly log: Region;
}

function controlButton(name: string, text: string): Html {
  return html`<button formaction="/controls/${name}">${text}</button>`;
}

function controlsContent({ board, controls, csrf }: Facts): Html {
  if (!controls.available) return html``;
  const runs = board.accounts.map(({ run }) => run);
  const underWay = runs.some((run) => run.at !== 'idle' && run.progress);
  const paused = runs.some((run) => run.at === 'paused');
  const stopping = runs.some((run) => run.at === 'stopping');
  return html`<form method="post" action="/controls/sync-now" class="row" aria-label="Downloads">
<input type="hidden" name="csrf" value="${csrf}">
${!underWay && controlButton('sync-now', 'Sync now')}
${paused ? controlButton('resume', 'Go on') : controlButton('pause', 'Pause')}
${underWay && !stopping && controlButton('stop-after-file', 'Stop after this file')}
</form>`;
}

function overview(facts: Facts): Overview {
  const { board, desk, csrf, now } = facts;
  return {
    accounts: board.accounts.map((account) => {
      const view = { account, pending: desk.pending(account.id) };
      return { view, regions: accountRegions(view, { accountId: account.id, csrf, mayStartOver: true }, now) };
    }),
    controls: region('controls', controlsContent(facts)),
    log: region('log', html`<pre>${board.log.length === 0 ? 'Nothing yet.' : board.log.join('\n')}</pre>`),
  };
}

function titleOf(views: readonly AccountView[]): string {
  const asking = views.filter(({ pending }) => pending).length;
  return asking === 0 ? 'icloudpd' : `(${asking}) Your answer is wanted - icloudpd`;
}

/** The parts of the start page that are kept up to date. */
export function overviewParts(facts: Facts): LiveParts {
  const { accounts, controls, log } = overview(facts);
  return {
    regions: [...accounts.flatMap(({ regions }) => Object.values<Region>({ ...regions })), controls, log],
    title: titleOf(accounts.map(({ view }) => view)),
    announcements: new Map(
      accounts.map(({ view }) => [view.account.id, `${view.account.username}: ${standing(view).text}`]),
    ),
  };
}

function reloadSeconds({ board, desk }: Facts): number | undefined {
  // somebody may be typing
  if (board.accounts.some(({ id }) => desk.pending(id))) return undefined;
  return board.accounts.some(({ signIn }) => signIn.at === 'signing-in') ? 3 : 30;
}

/** The start page: every account with what it needs and does. */
export function overviewPage(facts: Facts, note: Html | undefined, canSignOut: boolean): Html {
  const { accounts, controls, log } = overview(facts);
  return layout({
    title: titleOf(accounts.map(({ view }) => view)),
    live: true,
    reloadSeconds: reloadSeconds(facts),
    signOutCsrf: canSignOut ? facts.csrf : undefined,
    main: html`<h1 class="unseen">Your iCloud photos</h1>
${note}
${place(controls, 'controls')}
${accounts.map(
  ({ view, regions }) => html`<section class="card" aria-labelledby="account-${view.account.id}">
<div class="title"><h2 id="account-${view.account.id}">${view.account.username}</h2>${place(regions.badge)}</div>
${place(regions.signIn)}
${place(regions.run)}
<div class="halves">${place(regions.lastRun)}${place(regions.photos)}</div>
</section>`,
)}
<section class="card"><details id="log-details"><summary><h2>Log</h2></summary>${placeScrolled(log, 'log', 'End of the log')}</details></section>`,
  });
}
