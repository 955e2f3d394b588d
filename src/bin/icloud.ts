#!/usr/bin/env node
import { requireNode } from './node-version.ts';

requireNode();
const { runProcess } = await import('./run-process.ts');
const { runIcloud } = await import('../app/icloud/run-icloud.ts');
await runProcess(runIcloud);
