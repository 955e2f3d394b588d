/** Variables with this program's own secrets. */
const SECRET_VARIABLES: ReadonlySet<string> = new Set([
  'ICLOUDPD_PASSWORD',
  'ICLOUDPD_SMTP_PASSWORD',
  'ICLOUDPD_WEB_PASSWORD',
]);

type Environment = Readonly<Record<string, string | undefined>>;

/** @returns the environment for a program that somebody else wrote: our secrets are none of its business */
export function withoutSecrets(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !SECRET_VARIABLES.has(name.toUpperCase())));
}
