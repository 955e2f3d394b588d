import type { Secret } from '../../apple/secret.ts';
import type { PasswordProvider } from './password-provider.ts';

/** The password of `--password`: offered once. */
export function parameterProvider(password: Secret | undefined): PasswordProvider {
  let offered = false;
  return {
    name: 'parameter',
    next: async () => {
      if (offered) return undefined;
      offered = true;
      return password;
    },
  };
}
