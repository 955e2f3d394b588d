import * as z from 'zod';

/** The ways CloudKit answers. */
export const photosSwitches = {
  /** iCloud Photos in use; never set up, so that no zone is there; or still being indexed, so many percent done. */
  photos: z.union([
    z.enum(['ready', 'not-set-up']),
    z.strictObject({ indexing: z.strictObject({ progress: z.number().min(0).max(100) }) }),
  ]),
  /**
   * `next`: the next CloudKit request finds its connection misdirected, and with it every other one that is open then:
   * they answer 421 for good, new ones do not. With that request the switch falls back to `none`.
   */
  staleConnection: z.enum(['none', 'next']),
  /** What a session without the keys of an account with Advanced Data Protection is answered (peers disagree). */
  missingKeys: z.enum(['ACCESS_DENIED', '423']),
};

export const photosDefaults = { photos: 'ready', staleConnection: 'none', missingKeys: 'ACCESS_DENIED' } as const;
