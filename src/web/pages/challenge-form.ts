import type { TrustedPhone } from '../../apple/identity/challenge.ts';
import type { CodeChannel } from '../../apple/identity/verification.ts';
import type { CodeWanted, PasswordWanted, TwoStepCodeWanted, TwoStepDeviceWanted } from '../../signin/challenges.ts';
import type { Pending } from '../desk.ts';
import { type Html, html, linked, time } from './html.ts';

/** Where a form goes, and what it must carry. */
export interface FormTarget {
  readonly accountId: string;
  readonly csrf: string;
  /** A one-time link may not throw the sign-in away. */
  readonly mayStartOver: boolean;
}

/** Asks what sign-in wants to know. Works without a script: every button is a form. */
export function challengeForm(pending: Pending, username: string, target: FormTarget): Html {
  const { challenge } = pending;
  switch (challenge.kind) {
    case 'password-wanted':
      return passwordForm(pending, challenge, username, target);
    case 'code-wanted':
      return codeForm(pending, challenge, target);
    case 'two-step-device-wanted':
      return deviceForm(pending, challenge, target);
    case 'two-step-code-wanted':
      return twoStepCodeForm(pending, challenge, target);
  }
}

function form(pending: Pending, target: FormTarget, kind: string, content: Html): Html {
  return html`<form method="post" action="/accounts/${target.accountId}/answer">
<input type="hidden" name="csrf" value="${target.csrf}">
<input type="hidden" name="challenge" value="${pending.id}">
<input type="hidden" name="kind" value="${kind}">
${content}
</form>`;
}

function heading(text: string): Html {
  return html`<h3>${text}</h3>`;
}

function problemText(text: string): Html {
  return html`<p class="problem">${linked(text)}</p>`;
}

function passwordForm(pending: Pending, wanted: PasswordWanted, username: string, target: FormTarget): Html {
  const field = `password-${target.accountId}`;
  return html`${heading('The password is wanted')}
${wanted.rejected && problemText('Apple did not accept that password. Use the password of the Apple Account itself, not an app-specific one. After several wrong ones Apple locks the account.')}
${form(
  pending,
  target,
  'password',
  html`<input class="unseen" type="text" name="username" value="${username}" autocomplete="username" tabindex="-1" aria-hidden="true" readonly>
<label for="${field}">Password of ${username}</label>
<input id="${field}" type="password" name="password" autocomplete="current-password" required autofocus>
<p class="hint">It proves to Apple who you are, and goes nowhere else.</p>
<button class="main">Sign in</button>`,
)}`;
}

/** @returns where the code went, in a sentence */
function sentText(channel: CodeChannel): string {
  if (channel.kind === 'trusted-devices') return 'to your trusted devices: tap Allow there, then the code shows';
  return channel.mode === 'sms' ? `by SMS to ${channel.phone.number}` : `by a call to ${channel.phone.number}`;
}

function codeField(id: string, length: number): Html {
  return html`<label for="${id}">Code${length > 0 && `, ${length} digits`}</label>
<div class="row"><input id="${id}" class="code" type="text" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="24" required autofocus>
<button class="main">Hand in the code</button></div>`;
}

function triesText(triesLeft: number): string {
  return triesLeft === 1 ? 'One try is left.' : `${triesLeft} tries are left.`;
}

function codeProblem(wanted: CodeWanted | TwoStepCodeWanted): Html | undefined {
  const { problem, triesLeft } = wanted;
  if (!problem) return undefined;
  return problemText(
    problem.kind === 'wrong-code' ? `Apple did not accept that code. ${triesText(triesLeft)}` : problem.message,
  );
}

function channelButton(value: string, text: string): Html {
  return html`<button name="channel" value="${value}">${text}</button>`;
}

function phoneRow(phone: TrustedPhone): Html {
  return html`<div class="row">${channelButton(`sms:${phone.id}`, `SMS to ${phone.number}`)}${channelButton(`call:${phone.id}`, `Call ${phone.number}`)}</div>`;
}

function codeForm(pending: Pending, wanted: CodeWanted, target: FormTarget): Html {
  const { channel, factor } = wanted;
  const again = channel?.kind === 'trusted-devices' ? 'Send again to my devices' : 'Send to my devices';
  const ways = [
    ...(factor.hasTrustedDevices
      ? [html`<div class="row">${channelButton('devices', channel ? again : 'Send a code to my devices')}</div>`]
      : []),
    ...factor.phones.map(phoneRow),
  ];
  return html`${heading('A code is wanted')}
${codeProblem(wanted)}
${
  channel
    ? html`<p>A code was asked for at ${time(pending.since)}, ${sentText(channel)}.</p>`
    : html`<p>No code was sent yet, so that no phone rings while nobody is here. Choose where it shall go.</p>`
}
${channel && form(pending, target, 'code', codeField(`code-${target.accountId}`, factor.codeLength))}
${
  ways.length > 0 &&
  form(
    pending,
    target,
    'send',
    html`<fieldset><legend>${channel ? 'Another way' : 'Send a code'}</legend>${ways}</fieldset>`,
  )
}
${!channel && html`<details><summary>I have a code already</summary>${form(pending, target, 'code', codeField(`code-${target.accountId}`, factor.codeLength))}</details>`}
<details><summary>No code arrives?</summary>
<ul>
<li>Look for a message "Apple Account sign-in requested" on each of your devices, and tap Allow: the digits come after it.</li>
<li>Take another way above.</li>
<li>Without network: put an iPhone into airplane mode, then Settings, your name, Sign-In &amp; Security, Two-Factor Authentication, Get Verification Code.</li>
</ul></details>
${startOver(pending, target)}`;
}

function deviceForm(pending: Pending, wanted: TwoStepDeviceWanted, target: FormTarget): Html {
  return html`${heading('Where shall the code go?')}
${form(
  pending,
  target,
  'device',
  html`<fieldset><legend>Send a code</legend><div class="row">${wanted.devices.map(
    (device, index) => html`<button name="device" value="${index}">${device.label}</button>`,
  )}</div></fieldset>`,
)}
${startOver(pending, target)}`;
}

function twoStepCodeForm(pending: Pending, wanted: TwoStepCodeWanted, target: FormTarget): Html {
  return html`${heading('A code is wanted')}
${codeProblem(wanted)}
<p>A code was asked for at ${time(pending.since)}: ${wanted.device.label}.</p>
${form(pending, target, 'code', codeField(`code-${target.accountId}`, 0))}
${startOver(pending, target)}`;
}

function startOver(pending: Pending, target: FormTarget): Html | undefined {
  if (!target.mayStartOver) return undefined;
  return form(pending, target, 'start-over', html`<button class="quiet">Start over with the password</button>`);
}
