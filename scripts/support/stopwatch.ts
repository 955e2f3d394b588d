/**
 * Runs a command and says how long it took, without whatever it takes to get as far as here: `stopwatch.ts FILE LOG`. The
 * file holds the command as a JSON list, and afterwards the seconds. (In the arguments the command would be taken for the
 * process that is measured.) What the command writes goes into the log without anybody being woken to read it: a program
 * that has more to say in a second would pay more for being measured.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

const [file, logFile] = z.tuple([z.string(), z.string()]).parse(process.argv.slice(2));
const [command, ...args] = z.tuple([z.string()], z.string()).parse(JSON.parse(readFileSync(file, 'utf8')));
const log = openSync(logFile, 'w');
const startedAt = performance.now();
const [code]: unknown[] = await once(spawn(command, args, { stdio: ['ignore', log, log] }), 'exit');
writeFileSync(file, JSON.stringify((performance.now() - startedAt) / 1000));
process.exitCode = typeof code === 'number' ? code : 1;
