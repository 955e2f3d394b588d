import type { Notice } from '../notice.ts';
import { type Address, type Parsed, refuse, splitAddress } from './address.ts';
import { type DiscordTarget, discordRequest, discordSecrets, isDiscordWebhook, parseDiscord } from './discord.ts';
import { type GotifyTarget, gotifyRequest, gotifySecrets, parseGotify } from './gotify.ts';
import { type NtfyTarget, ntfyRequest, ntfySecrets, parseNtfy } from './ntfy.ts';
import type { PostRequest } from './post-request.ts';
import { type PushoverTarget, parsePushover, pushoverRequest, pushoverSecrets } from './pushover.ts';
import { isSlackWebhook, parseSlack, type SlackTarget, slackRequest, slackSecrets } from './slack.ts';
import { parseTelegram, type TelegramTarget, telegramRequest, telegramSecrets } from './telegram.ts';
import { parseWebhook, type WebhookTarget, webhookRequest, webhookSecrets } from './webhook.ts';

/** Where `--notify URL` sends to. Adding a service is adding a file beside this one, and its line in each switch. */
export type NotifyTarget =
  | NtfyTarget
  | TelegramTarget
  | DiscordTarget
  | SlackTarget
  | PushoverTarget
  | GotifyTarget
  | WebhookTarget;

/**
 * Reads a URL of `--notify`, in the spelling of Apprise where it has one.
 *
 * @returns the target, or a sentence why not, which repeats nothing of the URL but its scheme
 */
export function parseNotifyUrl(text: string): Parsed<NotifyTarget> {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined)
    return refuse('A notification URL begins with its service, such as ntfy://, tgram:// or https://.');
  const parse = SERVICES.get(scheme) ?? hiddenService(scheme, text);
  if (!parse && (scheme === 'https' || scheme === 'http')) return parseWebhook(text);
  if (!parse)
    return refuse(`${scheme}:// is not known. Known are ${[...SERVICES.keys(), 'https', 'http'].join(', ')}.`);
  const address = splitAddress(text);
  if (!address) return refuse('This notification URL cannot be read: it takes no ? and no #, and % is written %25.');
  return parse(address);
}

type Parse = (address: Address) => Parsed<NotifyTarget>;

const SERVICES: ReadonlyMap<string, Parse> = new Map<string, Parse>([
  ['ntfy', parseNtfy],
  ['ntfys', parseNtfy],
  ['tgram', parseTelegram],
  ['discord', parseDiscord],
  ['slack', parseSlack],
  ['pover', parsePushover],
  ['gotify', parseGotify],
  ['gotifys', parseGotify],
  ['gotify+http', parseGotify],
]);

/** A service whose own web address was given. */
function hiddenService(scheme: string, text: string): Parse | undefined {
  const address = splitAddress(text.replace(/[?#].*$/s, ''));
  if (scheme !== 'https' || !address) return undefined;
  if (isDiscordWebhook(address)) return parseDiscord;
  return isSlackWebhook(address) ? parseSlack : undefined;
}

/** @returns every key, token and password of a target, for the `Redactor` */
export function secretsOf(target: NotifyTarget): readonly string[] {
  switch (target.kind) {
    case 'ntfy':
      return ntfySecrets(target);
    case 'telegram':
      return telegramSecrets(target);
    case 'discord':
      return discordSecrets(target);
    case 'slack':
      return slackSecrets(target);
    case 'pushover':
      return pushoverSecrets(target);
    case 'gotify':
      return gotifySecrets(target);
    case 'webhook':
      return webhookSecrets(target);
  }
}

/**
 * What is sent to a target to tell a notice.
 *
 * @param now milliseconds since the epoch
 */
export function requestFor(target: NotifyTarget, notice: Notice, now: number): PostRequest {
  switch (target.kind) {
    case 'ntfy':
      return ntfyRequest(target, notice);
    case 'telegram':
      return telegramRequest(target, notice);
    case 'discord':
      return discordRequest(target, notice);
    case 'slack':
      return slackRequest(target, notice);
    case 'pushover':
      return pushoverRequest(target, notice);
    case 'gotify':
      return gotifyRequest(target, notice);
    case 'webhook':
      return webhookRequest(target, notice, now);
  }
}
