import { ExitCode } from '../../cli/exit-codes.ts';
import { Herald } from '../herald.ts';
import { createNotifiers } from '../notifiers.ts';
import type { Tool } from './tool.ts';

/** `icloud test-notify`: sends a test in every way that is given, and says what became of each. */
export async function testNotify(tool: Tool): Promise<number> {
  const { args, process, log, say } = tool;
  const notifiers = createNotifiers(args.notifications, tool);
  if (notifiers.length === 0) {
    process.stderr.write(
      'icloud: error: no way of notifying is given: --smtp-username, --notification-email, --notification-script or --notify\n',
    );
    return ExitCode.usage;
  }
  const herald = new Herald({
    username: args.username,
    notifiers,
    log,
    process,
    state: {},
    save: async () => undefined,
  });
  const deliveries = await herald.test();
  for (const { name, reason } of deliveries) say(reason === undefined ? `ok    ${name}` : `FAIL  ${name}: ${reason}`);
  return deliveries.some(({ reason }) => reason !== undefined) ? ExitCode.refused : ExitCode.done;
}
