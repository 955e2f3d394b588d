import { readdirSync, readFileSync } from 'node:fs';

/** Memory of a process and all its descendants, from Linux's /proc. */

function parentOf(pid: string): string | undefined {
  try {
    // the name in parentheses may hold spaces
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[1];
  } catch {
    return undefined;
  }
}

function peakResidentBytes(pid: string): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/**
 * @returns the most resident bytes so far of the descendants of a process whose command line contains `part`; not of the process itself,
 *   which is the proxy that names the command it starts
 */
export function peakResidentOf(root: number, part: string): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map(pids.map((pid) => [pid, parentOf(pid)]));
  const descends = (pid: string): boolean => {
    for (let at: string | undefined = pid; at !== undefined && at !== '0'; at = parents.get(at)) {
      if (at === String(root)) return true;
    }
    return false;
  };
  const matches = (pid: string): boolean => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(part);
    } catch {
      return false;
    }
  };
  return pids
    .filter((pid) => pid !== String(root) && descends(pid) && matches(pid))
    .reduce((sum, pid) => sum + peakResidentBytes(pid), 0);
}
