import { type Notice, wordsOf } from '../notice.ts';
import { type Address, type Parsed, refuse } from './address.ts';
import { type PostRequest, postJson, shorten } from './post-request.ts';

/** A chat of a Telegram bot. https://core.telegram.org/bots/api */
export interface TelegramTarget {
  readonly kind: 'telegram';
  /** The bot's, with its number: `123456:ABC-DEF`. */
  readonly token: string;
  /** A number, or the `@name` of a channel. */
  readonly chat: string;
}

/** https://core.telegram.org/bots/api#sendmessage */
const LONGEST = 4096;

/** `tgram://BOT_TOKEN/CHAT_ID` */
export function parseTelegram({ user, password, host, path }: Address): Parsed<TelegramTarget> {
  const token = /^(?:bot)?(?<token>\d+:[\w-]{20,})$/i.exec(host)?.groups?.token;
  const [chat = '', ...more] = path;
  const known = /^(-?\d+|@\w{3,})$/.test(chat);
  if (token === undefined || !known || more.length > 0 || user !== undefined || password !== undefined)
    return refuse(
      'A URL of Telegram is tgram://BOT_TOKEN/CHAT_ID, with the token of one bot and the number of one chat.',
    );
  return { ok: true, target: { kind: 'telegram', token, chat } };
}

export function telegramSecrets({ token }: TelegramTarget): readonly string[] {
  return [token, token.slice(token.indexOf(':') + 1)];
}

export function telegramRequest({ token, chat }: TelegramTarget, notice: Notice): PostRequest {
  const { title, text } = wordsOf(notice);
  return postJson(new URL(`https://api.telegram.org/bot${token}/sendMessage`), {
    chat_id: chat,
    text: shorten(`${title}\n\n${text}`, LONGEST),
    // a preview would open the links before the person does
    link_preview_options: { is_disabled: true },
  });
}
