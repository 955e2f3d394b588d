import { type Redactor, Secret } from '../apple/secret.ts';
import type { NotificationSettings } from '../config/settings.ts';
import { createEmailNotifier } from '../notify/email.ts';
import type { Notifier } from '../notify/notifier.ts';
import { createScriptNotifier } from '../notify/script.ts';
import { parseNotifyUrl, secretsOf } from '../notify/url/notify-url.ts';
import { createUrlNotifier } from '../notify/url/url-notifier.ts';
import type { Logger } from '../terminal/logger.ts';
import type { ProcessContext } from './context.ts';
import { expandPath } from './paths.ts';

/** A bare name is looked for in PATH, as icloudpd does; anything with a slash is a path. */
function scriptPath(text: string, process: ProcessContext): string {
  return text.startsWith('~/') ? expandPath(text, process) : text;
}

/** @returns every way an account's owner wants to be told, its secrets known to the redactor */
export function createNotifiers(
  settings: NotificationSettings,
  { process, log, redactor }: { readonly process: ProcessContext; readonly log: Logger; readonly redactor: Redactor },
): readonly Notifier[] {
  const { clock, env, workingDirectory } = process;
  const password = settings.smtpPassword ?? env.ICLOUDPD_SMTP_PASSWORD;
  redactor.add(password);
  const email = createEmailNotifier(
    {
      host: settings.smtpHost,
      port: settings.smtpPort,
      username: settings.smtpUsername,
      password: password === undefined ? undefined : new Secret(password),
      noTls: settings.smtpNoTls,
      to: settings.notificationEmail,
      from: settings.notificationEmailFrom,
    },
    { clock },
  );
  const { notificationScript } = settings;
  const script =
    notificationScript === undefined
      ? undefined
      : createScriptNotifier(scriptPath(notificationScript, process), { env, workingDirectory, log });
  const urls = settings.notify.map((url) => {
    redactor.add(url);
    const parsed = parseNotifyUrl(url);
    if (!parsed.ok) throw new Error('the command line was checked to have notification URLs that work');
    for (const secret of secretsOf(parsed.target)) redactor.add(secret);
    return createUrlNotifier(parsed.target, { clock });
  });
  return [email, script, ...urls].filter((notifier) => notifier !== undefined);
}
