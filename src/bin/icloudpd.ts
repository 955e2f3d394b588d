#!/usr/bin/env node
import { requireNode } from './node-version.ts';

requireNode();
const { runProcess } = await import('./run-process.ts');
const { runIcloudpd } = await import('../app/run-icloudpd.ts');
await runProcess(runIcloudpd);
