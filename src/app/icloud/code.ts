import { ExitCode } from '../../cli/exit-codes.ts';
import { askRun, type CodeRequest } from '../../session/code-socket.ts';
import { accountPaths } from '../../session/paths.ts';
import { indexOfLetter } from '../../signin/phone-letters.ts';
import type { Tool } from './tool.ts';

/** Phone numbers go by letters, as at the prompt, and the devices of two-step verification by numbers from 0. */
function indexOf(choice: string): number | undefined {
  return /^\d{1,2}$/.test(choice) ? Number(choice) : indexOfLetter(choice);
}

function requestOf({ args }: Tool): CodeRequest | undefined {
  if (args.status) return { do: 'status' };
  if (args.send) return { do: 'send', to: 'devices' };
  const [to, number] = args.sms === undefined ? (['voice', args.call] as const) : (['sms', args.sms] as const);
  if (number !== undefined) {
    const index = indexOf(number);
    return index === undefined ? undefined : { do: 'send', to, number: index };
  }
  const code = args.rest[0]?.replaceAll(/[\s-]/g, '') ?? '';
  return /^\d{4,8}$/.test(code) ? { do: 'code', code } : undefined;
}

/** `icloud code`: answers a run that waits. */
export async function code(tool: Tool): Promise<number> {
  const { args, directory, say, process } = tool;
  const request = requestOf(tool);
  if (!request) {
    process.stderr.write(
      'icloud: error: give the code, such as: icloud code --username USERNAME 123456; or --send, --sms a, --call a, --status\n',
    );
    return ExitCode.usage;
  }
  const reply = await askRun(accountPaths(directory, args.username).socket, request);
  if (!reply) {
    say(
      `No run of ${args.username} waits for a code in ${directory}. Start icloudpd with --mfa-wait, or use "icloud login".`,
    );
    return ExitCode.refused;
  }
  say(reply.text);
  return reply.ok ? ExitCode.done : ExitCode.refused;
}
