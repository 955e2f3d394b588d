import { type Notice, wordsOf } from '../notice.ts';
import { type Address, type Parsed, refuse } from './address.ts';
import { type PostRequest, postJson, shorten } from './post-request.ts';

/** An incoming webhook of Slack. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export interface SlackTarget {
  readonly kind: 'slack';
  /** The three parts of its address: `T000`, `B000`, and the secret one. */
  readonly parts: readonly [string, string, string];
}

/** Slack cuts longer ones. https://docs.slack.dev/reference/methods/chat.postMessage */
const LONGEST = 4000;

/** `slack://T000/B000/XXXX`, or the address as Slack shows it. */
export function parseSlack({ scheme, user, host, path }: Address): Parsed<SlackTarget> {
  const [team = '', app = '', secret = '', ...more] = scheme === 'slack' ? [host, ...path] : path.slice(1);
  const right = /^T\w+$/.test(team) && /^B\w+$/.test(app) && /^\w{8,}$/.test(secret);
  if (!right || more.length > 0 || user !== undefined)
    return refuse(
      'A URL of Slack is slack://T000/B000/XXXX, or the address of an incoming webhook as Slack shows it: https://hooks.slack.com/services/T000/B000/XXXX.',
    );
  return { ok: true, target: { kind: 'slack', parts: [team, app, secret] } };
}

/** @returns whether an https address is an incoming webhook of Slack's */
export function isSlackWebhook({ host, path }: Address): boolean {
  return host.toLowerCase() === 'hooks.slack.com' && path[0] === 'services';
}

export function slackSecrets({ parts }: SlackTarget): readonly string[] {
  return [parts[2]];
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function slackRequest({ parts }: SlackTarget, notice: Notice): PostRequest {
  const { title, text } = wordsOf(notice);
  return postJson(new URL(`https://hooks.slack.com/services/${parts.join('/')}`), {
    text: escaped(shorten(`${title}\n${text}`, LONGEST)),
    mrkdwn: false,
    // a preview would open the links before the person does
    unfurl_links: false,
  });
}
