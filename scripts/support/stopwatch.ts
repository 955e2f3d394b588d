/**
 * Runs a command and says how long it took, without whatever it takes to get as far as here: `stopwatch.ts FILE`. The file holds
 * the command as a JSON list, and afterwards the seconds. (In the arguments the command would be taken for the process
 * that is measured.)
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

const file = z.string().parse(process.argv[2]);
const [command, ...args] = z.tuple([z.string()], z.string()).parse(JSON.parse(readFileSync(file, 'utf8')));
const startedAt = performance.now();
const [code]: unknown[] = await once(spawn(command, args, { stdio: 'inherit' }), 'exit');
writeFileSync(file, JSON.stringify((performance.now() - startedAt) / 1000));
process.exitCode = typeof code === 'number' ? code : 1;
