import { timeLeft } from '../../download/pace.ts';
import { count, formatBytes, formatDuration } from '../../terminal/units.ts';
import type { AccountSnapshot, LastRun, Progress } from '../board.ts';
import type { Pending } from '../desk.ts';
import { challengeForm, type FormTarget } from './challenge-form.ts';
import { type Html, html, linked, time } from './html.ts';
import { type Region, region } from './region.ts';

/** An account with what is asked about it now. */
export interface AccountView {
  readonly account: AccountSnapshot;
  readonly pending: Pending | undefined;
}

type Tone = 'good' | 'busy' | 'ask' | 'bad' | 'plain';

interface Standing {
  readonly tone: Tone;
  /** A few words. */
  readonly text: string;
}

/** How the account stands, in the words of its badge; also what a screen reader is told when it changes. */
export function standing({ account, pending }: AccountView): Standing {
  if (pending?.challenge.kind === 'password-wanted') return { tone: 'ask', text: 'Password wanted' };
  if (pending?.challenge.kind === 'two-step-device-wanted') return { tone: 'ask', text: 'Your choice is wanted' };
  if (pending) return { tone: 'ask', text: 'Code wanted' };
  switch (account.signIn.at) {
    case 'unknown':
      return { tone: 'plain', text: 'Not signed in yet' };
    case 'signing-in':
      return { tone: 'busy', text: 'Signing in' };
    case 'needs-person':
      return { tone: 'ask', text: 'Waits for a person' };
    case 'failed':
      return { tone: 'bad', text: 'Not signed in' };
    case 'cooling-down':
      return { tone: 'bad', text: 'Apple wants a pause' };
    case 'signed-in':
      return runStanding(account);
  }
}

function runStanding({ run }: AccountSnapshot): Standing {
  switch (run.at) {
    case 'idle':
      return { tone: 'good', text: 'Signed in' };
    case 'running':
      return { tone: 'busy', text: 'Downloading' };
    case 'paused':
      return { tone: 'plain', text: 'Paused' };
    case 'stopping':
      return { tone: 'plain', text: 'Stopping' };
  }
}

function signIn({ account, pending }: AccountView, target: FormTarget): Html {
  if (pending) return html`<div class="ask">${challengeForm(pending, account.username, target)}</div>`;
  const state = account.signIn;
  switch (state.at) {
    case 'unknown':
      return html`<p>The sign-in has not begun yet.</p>`;
    case 'signing-in':
      return html`<p class="working">Apple is being asked.</p>`;
    case 'needs-person':
      return html`<p>Somebody has to answer in the terminal where icloudpd runs, with <code>icloud code</code> or <code>icloud login</code>; or here, when the next run asks.</p>`;
    case 'failed':
      return html`<div class="trouble"><p><strong>${linked(state.happened)}</strong></p>${state.next !== '' && html`<p>What to do: ${linked(state.next)}</p>`}</div>`;
    case 'cooling-down':
      return html`<div class="trouble"><p><strong>Apple asks for a pause.</strong></p><p>The next try is at ${time(state.until)}. Nothing has to be done; every earlier try would make the wait longer.</p></div>`;
    case 'signed-in':
      return account.trustedUntil === undefined
        ? html`<p>Signed in.</p>`
        : html`<p>Signed in. Apple trusts this computer until ${time(account.trustedUntil)}; then it asks for a code again.</p>`;
  }
}

const MINUTE_MS = 60_000;

function rate(progress: Progress, now: number): string {
  const elapsed = now - progress.startedAt;
  // in the first second a rate says nothing
  return elapsed < 1000 || progress.bytes === 0 ? '' : `${formatBytes((progress.bytes * 1000) / elapsed)}/s`;
}

function leftText({ itemsDone, itemsTotal, since }: Progress, now: number): string {
  const left = timeLeft(since, { at: now, itemsDone }, itemsTotal);
  if (left === undefined) return '';
  // seconds would only flicker
  return `about ${formatDuration(left < 2 * MINUTE_MS ? left : Math.round(left / MINUTE_MS) * MINUTE_MS)} left`;
}

function bar({ itemsDone, itemsTotal }: Progress, username: string): Html {
  const label = `Progress of ${username}`;
  if (itemsTotal === undefined) return html`<progress aria-label="${label}"></progress>`;
  return html`<progress aria-label="${label}" max="${Math.max(itemsTotal, 1)}" value="${itemsDone}"></progress>`;
}

function run({ username, run, nextRunAt, signIn: { at } }: AccountSnapshot, now: number): Html {
  const progress = run.at === 'idle' ? undefined : run.progress;
  if (!progress) {
    const next =
      // a run during the pause that Apple wants asks for nothing
      nextRunAt === undefined || at === 'cooling-down'
        ? html`<p>Nothing is being downloaded.</p>`
        : html`<p>The next run begins at ${time(nextRunAt)}.</p>`;
    return run.at === 'paused' ? html`<p>Paused: no run begins until you let it.</p>` : next;
  }
  const { itemsDone, itemsTotal, files, bytes, current } = progress;
  const of = itemsTotal === undefined ? '' : ` of ${itemsTotal.toLocaleString('en-US')}`;
  const figures = [count(files, 'file'), formatBytes(bytes), rate(progress, now), leftText(progress, now)];
  return html`${bar(progress, username)}
<p class="figures"><strong>${itemsDone.toLocaleString('en-US')}${of} items</strong> <span>${figures.filter((text) => text !== '').join(' · ')}</span></p>
${run.at === 'paused' && html`<p>Paused.</p>`}
${run.at === 'stopping' && html`<p>Stopping after the file at hand.</p>`}
${run.at === 'running' && current !== undefined && html`<p class="current">${current}</p>`}`;
}

function lastRun(last: LastRun | undefined): Html {
  if (!last) return html``;
  const more = last.failedCount - last.failed.length;
  return html`<h3>Last run</h3>
<p><span class="badge ${last.good ? 'good' : 'bad'}">${last.good ? 'Complete' : 'Not complete'}</span> ended at ${time(last.endedAt)}</p>
${last.summary.map((line) => html`<p>${line}</p>`)}
${last.skipped.length > 0 && html`<p>Left out on purpose:</p><ul>${last.skipped.map(({ why, count }) => html`<li>${count.toLocaleString('en-US')} ${why}</li>`)}</ul>`}
${
  last.failed.length > 0 &&
  html`<details open><summary>${count(last.failedCount, 'file')} failed; the next run tries again</summary><ul>${last.failed.map(
    ({ name, why }) => html`<li><strong>${name}</strong>: ${why}</li>`,
  )}${more > 0 && html`<li>and ${count(more, 'more file')}; the log names them all</li>`}</ul></details>`
}`;
}

function photos({ latestFiles }: AccountSnapshot): Html {
  if (latestFiles.length === 0) return html``;
  return html`<h3>Latest downloads</h3>
<ul class="photos">${latestFiles.map(
    ({ id, name }) =>
      html`<li><img src="/thumbnails/${id}" alt="${name}" title="${name}" width="112" height="112" loading="lazy"></li>`,
  )}</ul>`;
}

function badge(view: AccountView): Html {
  const { tone, text } = standing(view);
  return html`<span class="badge ${tone}">${text}</span>`;
}

/** The parts of an account's card, in their order. */
export interface AccountRegions {
  readonly badge: Region;
  readonly signIn: Region;
  readonly run: Region;
  readonly lastRun: Region;
  readonly photos: Region;
}

/** @param now milliseconds since the epoch, for rate and time left */
export function accountRegions(view: AccountView, target: FormTarget, now: number): AccountRegions {
  const { account } = view;
  return {
    badge: region(`badge-${account.id}`, badge(view)),
    signIn: region(`sign-in-${account.id}`, signIn(view, target)),
    run: region(`run-${account.id}`, run(account, now)),
    lastRun: region(`last-run-${account.id}`, lastRun(account.lastRun)),
    photos: region(`photos-${account.id}`, photos(account)),
  };
}
