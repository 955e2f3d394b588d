import { Secret } from '../apple/secret.ts';
import type { Answer, Challenge } from '../signin/challenges.ts';
import type { Note } from './pages/notes.ts';

/** What came of a form that was sent. */
export type FormAnswer =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** Not to be handed in: it could only cost a try. */
  | { readonly kind: 'unclear'; readonly note: Note };

function unclear(note: Note): FormAnswer {
  return { kind: 'unclear', note };
}

function answer(given: Answer): FormAnswer {
  return { kind: 'answer', answer: given };
}

/** Reads the fields of a form against the question it answers. */
export function readAnswer(form: URLSearchParams, challenge: Challenge): FormAnswer {
  switch (form.get('kind')) {
    case 'password': {
      if (challenge.kind !== 'password-wanted') return unclear('choice');
      // exactly as typed: spaces at either end may belong to it
      const password = form.get('password') ?? '';
      return password === ''
        ? unclear('empty')
        : answer({ kind: 'password', password: new Secret(password), typed: true });
    }
    case 'code':
      return readCode(form.get('code') ?? '', challenge);
    case 'send':
      return readChannel(form.get('channel') ?? '', challenge);
    case 'device': {
      const index = form.get('device') ?? '';
      if (challenge.kind !== 'two-step-device-wanted' || !/^\d{1,3}$/.test(index)) return unclear('choice');
      return challenge.devices[Number(index)] ? answer({ kind: 'device', index: Number(index) }) : unclear('choice');
    }
    case 'start-over':
      return challenge.kind === 'password-wanted' ? unclear('choice') : answer({ kind: 'start-over' });
    default:
      return unclear('choice');
  }
}

function readCode(text: string, challenge: Challenge): FormAnswer {
  if (challenge.kind !== 'code-wanted' && challenge.kind !== 'two-step-code-wanted') return unclear('choice');
  const code = text.replaceAll(/[\s-]/g, '');
  if (code === '') return unclear('empty');
  if (challenge.kind === 'two-step-code-wanted') {
    return /^\w{1,16}$/.test(code) ? answer({ kind: 'code', code }) : unclear('digits');
  }
  const { codeLength } = challenge.factor;
  return /^\d+$/.test(code) && code.length === codeLength ? answer({ kind: 'code', code }) : unclear('digits');
}

function readChannel(text: string, challenge: Challenge): FormAnswer {
  if (challenge.kind !== 'code-wanted') return unclear('choice');
  const { factor } = challenge;
  if (text === 'devices') {
    return factor.hasTrustedDevices
      ? answer({ kind: 'send', channel: { kind: 'trusted-devices' } })
      : unclear('choice');
  }
  const [, way, id] = /^(sms|call):(\d+)$/.exec(text) ?? [];
  const phone = factor.phones.find((known) => String(known.id) === id);
  if (!phone) return unclear('choice');
  return answer({ kind: 'send', channel: { kind: 'phone', phone, mode: way === 'sms' ? 'sms' : 'voice' } });
}
