import * as z from 'zod';
import { refusedForNow } from './refused-for-now.ts';

/** The ways the setup service answers. */
export const setupSwitches = {
  /** `validate` and `accountLogin` refused for now. */
  setupThrottle: refusedForNow,
  /** `strict`: `validate` answers 421 to sessions that `accountLogin` still accepts (peers). */
  validate: z.enum(['lenient', 'strict']),
  /** How `accountLogin` refuses a session token that has died. */
  deadToken: z.enum(['421', '400']),
  /** What `accountLogin` says on the setup host of the other region: 200 with `domainToUse` alone, or 302 (peers). */
  wrongRegion: z.enum(['domainToUse', '302']),
  /** With which method `getTerms` and `repairDone` may be called; others are answered 405 (one peer uses GET). */
  termsMethod: z.enum(['get', 'post', 'either']),
  /** Whether `requestPCS` shows the prompt on the devices by itself, or only `enableDeviceConsentForPCS` (peers disagree). */
  requestPcs: z.enum(['asks', 'prompts']),
  /** `validate` and `accountLogin` announce maintenance. */
  isUnderMaintenance: z.boolean(),
};

export const setupDefaults = {
  setupThrottle: false,
  validate: 'lenient',
  deadToken: '421',
  wrongRegion: 'domainToUse',
  termsMethod: 'get',
  requestPcs: 'asks',
  isUnderMaintenance: false,
} as const;
