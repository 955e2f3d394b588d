import * as z from 'zod';
import { codeDefaults, codeSwitches } from './code-switches.ts';
import { passwordDefaults, passwordSwitches } from './password-switches.ts';
import { photosDefaults, photosSwitches } from './photos-switches.ts';
import { setupDefaults, setupSwitches } from './setup-switches.ts';

/**
 * The ways Apple is known to answer differently from account to account, and from year to year. Each switch is
 * explained where its topic is: password-switches.ts, code-switches.ts, setup-switches.ts, photos-switches.ts.
 */
export const switchesSchema = z.strictObject({
  ...passwordSwitches,
  ...codeSwitches,
  ...setupSwitches,
  ...photosSwitches,
});

export type Switches = z.infer<typeof switchesSchema>;

export function defaultSwitches(): Switches {
  return { ...passwordDefaults, ...codeDefaults, codeFlags: [], ...setupDefaults, ...photosDefaults };
}
