import type { AccountSnapshot } from '../board.ts';
import type { Pending } from '../desk.ts';
import { standing } from './account.ts';
import { challengeForm } from './challenge-form.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import type { LiveParts } from './overview.ts';
import { place, region } from './region.ts';

/** What a browser that came with a one-time link may see. */
export interface AnswerFacts {
  readonly account: AccountSnapshot;
  /** Undefined when this question, and those that follow from it, are answered. */
  readonly pending: Pending | undefined;
  readonly csrf: string;
}

function content({ account, pending, csrf }: AnswerFacts): Html {
  if (pending) {
    return html`<div class="ask">${challengeForm(pending, account.username, { accountId: account.id, csrf, mayStartOver: false })}</div>`;
  }
  const { tone, text } = standing({ account, pending });
  return html`<p><span class="badge ${tone}">${text}</span></p>
<p>${account.signIn.at === 'signing-in' ? 'Apple is being asked.' : 'There is nothing more to answer here. You can close this page.'}</p>`;
}

export function answerParts(facts: AnswerFacts): LiveParts {
  const { username, id } = facts.account;
  return {
    regions: [region('answer', content(facts))],
    title: 'icloudpd',
    announcements: new Map([[id, `${username}: ${standing(facts).text}`]]),
  };
}

/** The one question of a one-time link. */
export function answerPage(facts: AnswerFacts, note: Html | undefined): Html {
  return layout({
    title: 'icloudpd',
    live: true,
    reloadSeconds: facts.pending ? undefined : 3,
    main: html`<section class="card narrow" aria-labelledby="account">
<h1 class="unseen">Your answer is wanted</h1>
<div class="title"><h2 id="account">${facts.account.username}</h2></div>
${note}
${place(region('answer', content(facts)))}
</section>`,
  });
}
