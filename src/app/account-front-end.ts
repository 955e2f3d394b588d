import type { GlobalSettings, UserSettings } from '../config/settings.ts';
import type { Answerer } from '../signin/answerer.ts';
import type { Challenge, Presence } from '../signin/challenges.ts';
import { consoleAnswerer } from '../signin/console-answerer.ts';
import { createFrontEnd, type ProviderFrontEnd } from '../signin/front-end.ts';
import type { PasswordProvider } from '../signin/password-providers/password-provider.ts';
import type { Prompter } from '../signin/prompter.ts';
import type { Logger } from '../terminal/logger.ts';
import type { ProcessContext } from './context.ts';
import type { Herald } from './herald.ts';
import { createPasswordProviders } from './passwords.ts';
import type { Turn } from './turns.ts';
import type { AccountPage } from './web-page.ts';

export interface FrontEndRun {
  readonly process: ProcessContext;
  readonly global: GlobalSettings;
  readonly user: UserSettings;
  readonly log: Logger;
  readonly prompter: Prompter;
  readonly turn: Turn;
  /** Undefined when no web page is served. */
  readonly page: AccountPage | undefined;
}

/** icloudpd's lines: scripts look for them. */
const WANTED: Readonly<Record<Exclude<Challenge['kind'], 'password-wanted'>, string>> = {
  'code-wanted': 'Two-factor authentication is required (2fa)',
  'two-step-device-wanted': 'Two-step authentication is required (2sa)',
  'two-step-code-wanted': 'Two-step authentication is required (2sa)',
};

/** What the owner can do while the run waits. @param sent a code was sent, as somebody may sit at the terminal */
function waysToAnswer(username: string, directory: string, sent: boolean): readonly string[] {
  const byHand = `icloud code --username ${username} --cookie-directory ${directory} 123456`;
  if (sent) return [`Enter the code that was sent at the terminal where icloudpd runs, or there with: ${byHand}`];
  return [
    `On the machine where icloudpd runs: ${byHand}`,
    'No code was sent. An iPhone shows one under Settings > your name > Sign-In & Security > Two-Factor Authentication > Get Verification Code;',
    `or have one sent: icloud code --username ${username} --cookie-directory ${directory} --send`,
  ];
}

/**
 * The front end of one account's run: passwords from the chosen providers, codes from the terminal where somebody sits,
 * and in any case from `icloud code`.
 *
 * @param directory the data directory, expanded
 */
export function accountFrontEnd(
  run: FrontEndRun,
  directory: string,
  answerers: readonly Answerer[],
  herald: Herald,
): ProviderFrontEnd {
  const { process, global, user, log, prompter, turn, page } = run;
  const attended = prompter.attended && global.mfaProvider === 'console';
  // a run that goes on for ever may as well wait; one that is to end does so
  const endless = global.watchInterval !== undefined || global.mfaProvider === 'webui';
  const waitSeconds = global.mfaWait ?? (endless ? undefined : 0);
  const presence = (): Presence => {
    if (attended) return 'person';
    if (waitSeconds === 0) return 'nobody';
    return page?.presence() ?? 'later';
  };
  const ways = (): readonly string[] => {
    const link = page?.link();
    const onPage = link === undefined ? [] : [`Answer here, within 15 minutes: ${link}`];
    return [...onPage, ...waysToAnswer(user.username, directory, attended)];
  };
  let announced = false;
  return createFrontEnd({
    providers: createPasswordProviders({
      ...run,
      directory,
      web: page && webProvider(page, process.signal, turn, () => herald.passwordNeeded(page.link())),
    }).map((provider) =>
      provider.name === 'console'
        ? { ...provider, next: (...asked) => turn.patiently(() => provider.next(...asked), process.clock) }
        : provider,
    ),
    answerers: [
      ...(attended ? [consoleAnswerer(prompter, process.clock)] : []),
      ...(page ? [page.answerer] : []),
      ...answerers,
    ],
    presence,
    waitMs: waitSeconds === undefined ? undefined : waitSeconds * 1000,
    clock: process.clock,
    signal: process.signal,
    onWanted(challenge) {
      if (challenge.kind === 'password-wanted') return;
      page?.needsPerson('code');
      if (!announced) log.info(WANTED[challenge.kind]);
      // at the terminal the prompt says it
      const problem = 'problem' in challenge ? challenge.problem : undefined;
      if (problem && !attended) log.warning(problem.message);
    },
    onPosed() {
      if (announced) return;
      announced = true;
      // whoever just gave the password on the page sits there
      if (!attended && presence() === 'person') return;
      // a terminal may be a container's, with nobody in front of it: as icloudpd did, the owner is told in any case
      herald.codeNeeded(ways());
      if (!attended) for (const line of waysToAnswer(user.username, directory, false)) log.info(line);
    },
    whileWaiting: (work, presence) =>
      presence === 'person' ? turn.patiently(work, process.clock) : turn.without(work),
  });
}

/** The web page as a place of passwords: somebody is asked there as often as needed. */
function webProvider(page: AccountPage, signal: AbortSignal, turn: Turn, onPosed: () => void): PasswordProvider {
  return {
    name: 'webui',
    next: async (username, rejected) => {
      page.needsPerson('password');
      const wait = turn.without(() => page.answerer.answer({ kind: 'password-wanted', username, rejected }, signal));
      onPosed();
      const answer = await wait;
      signal.throwIfAborted();
      return answer?.kind === 'password' ? answer.password : undefined;
    },
  };
}
