import { Secret } from '../../apple/secret.ts';
import { readPasswordFile } from './file.ts';
import { onceProvider, type PasswordPlace } from './password-provider.ts';

/** The variables of the `env` provider. */
export interface PasswordVariables {
  readonly ICLOUDPD_PASSWORD?: string | undefined;
  /** Path of a file, as Docker secrets are given. */
  readonly ICLOUDPD_PASSWORD_FILE?: string | undefined;
}

/** `ICLOUDPD_PASSWORD` itself, or the file that `ICLOUDPD_PASSWORD_FILE` names. @throws PasswordSourceError */
export function environmentProvider(env: PasswordVariables): PasswordPlace {
  return onceProvider('env', async () => {
    if (env.ICLOUDPD_PASSWORD) return new Secret(env.ICLOUDPD_PASSWORD);
    // a secret that Docker mounts is readable by everybody inside the container, and cannot be changed there
    return env.ICLOUDPD_PASSWORD_FILE ? readPasswordFile(env.ICLOUDPD_PASSWORD_FILE, 'any-mode') : undefined;
  });
}
