import { type Notice, wordsOf } from '../notice.ts';
import { type Address, type Parsed, refuse } from './address.ts';
import { type PostRequest, postJson, shorten } from './post-request.ts';

/** A webhook of a Discord channel. https://discord.com/developers/docs/resources/webhook */
export interface DiscordTarget {
  readonly kind: 'discord';
  readonly id: string;
  readonly token: string;
}

/** https://discord.com/developers/docs/resources/webhook#execute-webhook */
const LONGEST = 2000;
/** SUPPRESS_EMBEDS: a preview would open the links before the person does. */
const NO_PREVIEWS = 4;

/** `discord://WEBHOOK_ID/TOKEN`, or the address as Discord shows it. */
export function parseDiscord({ scheme, user, host, path }: Address): Parsed<DiscordTarget> {
  const [id = '', token = '', ...more] =
    scheme === 'discord' ? [host, ...path] : path.slice(path.indexOf('webhooks') + 1);
  if (!/^\d+$/.test(id) || !/^[\w-]{20,}$/.test(token) || more.length > 0 || user !== undefined)
    return refuse(
      'A URL of Discord is discord://WEBHOOK_ID/TOKEN, or the address of a webhook as Discord shows it: https://discord.com/api/webhooks/WEBHOOK_ID/TOKEN.',
    );
  return { ok: true, target: { kind: 'discord', id, token } };
}

/** @returns whether an https address is a webhook of Discord's */
export function isDiscordWebhook({ host, path }: Address): boolean {
  return /^([a-z]+\.)?discord(app)?\.com$/i.test(host) && /^api\/(v\d+\/)?webhooks(\/|$)/.test(path.join('/'));
}

export function discordSecrets({ token }: DiscordTarget): readonly string[] {
  return [token];
}

export function discordRequest({ id, token }: DiscordTarget, notice: Notice): PostRequest {
  const { title, text } = wordsOf(notice);
  return postJson(new URL(`https://discord.com/api/webhooks/${id}/${token}`), {
    content: shorten(`**${title}**\n${text}`, LONGEST),
    // no name can call @everyone
    allowed_mentions: { parse: [] },
    flags: NO_PREVIEWS,
  });
}
