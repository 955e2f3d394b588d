import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { faultSchema } from '../http/faults.ts';
import { parseObject } from '../http/json.ts';
import type { Control } from './control.ts';
import { switchesSchema } from './switches.ts';

const milliseconds = z.number().nullable().optional();
const newAssetSchema = z.strictObject({ filename: z.string().min(1).optional(), assetDate: milliseconds });
const assetPatchSchema = z.strictObject({
  filename: z.string().min(1).optional(),
  assetDate: milliseconds,
  isFavorite: z.boolean().optional(),
  isHidden: z.boolean().optional(),
  isDeleted: z.boolean().optional(),
});
const accountChangeSchema = z.strictObject({
  password: z.string().optional(),
  locked: z.boolean().optional(),
  termsUpdateNeeded: z.boolean().optional(),
  isWebAccessAllowed: z.boolean().optional(),
  isManagedAppleID: z.boolean().optional(),
  securityKeys: z.array(z.string()).optional(),
});
const expirySchema = z.strictObject({ tokens: z.boolean().optional() });

/**
 * The control interface over HTTP: JSON in and out, under `/control`. `?account=` names an account where that makes
 * sense. What is asked for wrongly is answered 400 with `{ error }`, what is not there 404.
 */
export function controlRoutes(control: Control): Hono {
  const app = new Hono();
  app.get('/codes', (c) => c.json(control.codesSent(account(c))));
  app.get('/codes/last', (c) => {
    const code = control.lastCode(account(c));
    return code ? c.json(code) : c.json({ error: 'No code was sent' }, 404);
  });
  app.get('/requests', (c) => c.json(control.requests()));
  app.delete('/requests', (c) => done(c, () => control.clearRequests()));
  app.post('/trust/expire', (c) => done(c, () => control.expireTrust(account(c))));
  app.post('/consent', (c) => done(c, () => control.consent(account(c))));
  app.post('/partition/move', (c) => done(c, () => control.movePartition(account(c))));
  app.post('/sessions/expire', async (c) => {
    const { tokens = false } = expirySchema.parse(await bodyOf(c));
    return done(c, () => control.expireSessions(account(c), { tokens }));
  });
  app.post('/faults', async (c) => {
    const fault = faultSchema.parse(await bodyOf(c));
    return done(c, () => control.inject(fault));
  });
  app.delete('/faults', (c) => done(c, () => control.clearFaults()));
  app.post('/switches', async (c) => {
    const values = switchesSchema.partial().parse(await bodyOf(c));
    return done(c, () => control.setAll(values));
  });
  app.patch('/account', async (c) => {
    const change = accountChangeSchema.parse(await bodyOf(c));
    return done(c, () => control.changeAccount(change, account(c)));
  });
  app.route('/', libraryRoutes(control));
  app.onError((error, c) =>
    c.json({ error: error instanceof z.ZodError ? z.prettifyError(error) : error.message }, 400),
  );
  return app;
}

function libraryRoutes(control: Control): Hono {
  const app = new Hono();
  app.post('/links/expire', (c) => done(c, () => control.library(account(c)).expireLinks()));
  app.post('/assets', async (c) => {
    const { filename = 'IMG_0001.JPG', assetDate } = newAssetSchema.parse(await bodyOf(c));
    const asset = control.library(account(c)).addAsset({ filename, ...(assetDate === undefined ? {} : { assetDate }) });
    return c.json({ recordName: asset.recordName }, 201);
  });
  app.patch('/assets/:recordName', async (c) => {
    const patch = assetPatchSchema.parse(await bodyOf(c));
    return forAsset(c, control, (library, recordName) => library.changeAsset(recordName, patch));
  });
  app.delete('/assets/:recordName', (c) =>
    forAsset(c, control, (library, recordName) => library.deleteAsset(recordName)),
  );
  return app;
}

function account(c: Context): string | undefined {
  return c.req.query('account');
}

/** @returns the body's object; an empty body is an empty object */
async function bodyOf(c: Context): Promise<unknown> {
  const text = await c.req.text();
  return text === '' ? {} : parseObject(text);
}

function done(c: Context, act: () => void): Response {
  act();
  return c.body(null, 204);
}

function forAsset(
  c: Context,
  control: Control,
  act: (library: ReturnType<Control['library']>, recordName: string) => void,
): Response {
  const library = control.library(account(c));
  const recordName = c.req.param('recordName') ?? '';
  if (!library.asset(recordName)) return c.json({ error: `There is no asset ${recordName}` }, 404);
  return done(c, () => act(library, recordName));
}
