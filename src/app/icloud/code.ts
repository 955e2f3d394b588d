import { ExitCode } from '../../cli/exit-codes.ts';
import { askRun, type CodeRequest } from '../../session/code-socket.ts';
import { accountPaths } from '../../session/paths.ts';
import type { Tool } from './tool.ts';

function requestOf({ args }: Tool): CodeRequest | undefined {
  if (args.status) return { do: 'status' };
  if (args.send) return { do: 'send', to: 'devices' };
  const [to, number] = args.sms === undefined ? (['voice', args.call] as const) : (['sms', args.sms] as const);
  if (number !== undefined) return /^\d{1,2}$/.test(number) ? { do: 'send', to, number: Number(number) } : undefined;
  const code = args.rest[0]?.replaceAll(/[\s-]/g, '') ?? '';
  return /^\d{4,8}$/.test(code) ? { do: 'code', code } : undefined;
}

/** `icloud code`: answers a run that waits. */
export async function code(tool: Tool): Promise<number> {
  const { args, directory, say, process } = tool;
  const request = requestOf(tool);
  if (!request) {
    process.stderr.write(
      'icloud: error: give the code, such as: icloud code --username USERNAME 123456; or --send, --sms N, --call N, --status\n',
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
