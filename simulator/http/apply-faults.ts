import { once } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { MiddlewareHandler } from 'hono';
import * as z from 'zod';
import type { Effect, Faults } from './faults.ts';

type Bindings = { Bindings: HttpBindings };

interface FaultDeps {
  readonly faults: Faults;
  /** Makes every download link handed out so far worthless. */
  readonly expireLinks: () => void;
  /** Ends delays when the server closes. */
  readonly closing: AbortSignal;
}

/** Lets the injected faults happen to the requests they wait for. */
export function applyFaults({ faults, expireLinks, closing }: FaultDeps): MiddlewareHandler<Bindings> {
  return async (c, next) => {
    const effects = faults.due(c.req.method, c.req.path);
    for (const effect of effects) {
      if (effect.kind === 'delay') await wait(effect.ms, undefined, { signal: closing });
      else if (effect.kind === 'ignore-range') c.req.raw.headers.delete('range');
      else if (effect.kind === 'expire-links') expireLinks();
    }
    const status = effects.find((effect) => effect.kind === 'status');
    if (status) {
      return new Response(status.body ?? null, { status: status.status, headers: status.headers ?? {} });
    }
    await next();
    for (const effect of effects) {
      const changed = await changedBody(c.res, effect);
      if (changed) {
        // assigning over a response merges the old headers into the new ones
        c.res = undefined;
        c.res = changed;
      } else if (effect.kind === 'cut') {
        await cut(c.res, c.env.outgoing, effect);
        c.res = undefined;
        c.res = RESPONSE_ALREADY_SENT;
      }
    }
    return undefined;
  };
}

async function changedBody(response: Response, effect: Effect): Promise<Response | undefined> {
  if (effect.kind === 'refuse-record') return refuseRecord(response, effect);
  if (effect.kind !== 'short' && effect.kind !== 'corrupt') return undefined;
  let body = new Uint8Array(await response.arrayBuffer());
  if (effect.kind === 'short') body = body.slice(0, effect.bytes);
  else if (body.length > 0) body.set([(body.at(body.length >> 1) ?? 0) ^ 0xff], body.length >> 1);
  const headers = new Headers(response.headers);
  headers.set('content-length', String(body.length));
  return new Response(body, { status: response.status, headers });
}

const listing = z.looseObject({ records: z.array(z.looseObject({ recordName: z.string() })) });

async function refuseRecord(
  response: Response,
  { type, code }: Extract<Effect, { kind: 'refuse-record' }>,
): Promise<Response | undefined> {
  const { data: body } = listing.safeParse(await response.clone().json());
  if (!body) return undefined;
  const first = body.records.findIndex(({ recordType }) => recordType === type);
  const records = body.records.map((record, index) =>
    index === first ? { recordName: record.recordName, serverErrorCode: code, reason: 'Refused' } : record,
  );
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  return new Response(JSON.stringify({ ...body, records }), { status: response.status, headers });
}

async function cut(
  response: Response,
  outgoing: HttpBindings['outgoing'],
  { afterBytes, reset }: Extract<Effect, { kind: 'cut' }>,
): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  for (const [name, value] of response.headers) if (name !== 'set-cookie') outgoing.setHeader(name, value);
  outgoing.setHeader('set-cookie', response.headers.getSetCookie());
  outgoing.setHeader('content-length', body.length);
  outgoing.writeHead(response.status);
  outgoing.flushHeaders();
  // the bytes must be with the kernel before the connection dies, or they would die with it
  const written = once(outgoing, 'close');
  outgoing.write(body.subarray(0, afterBytes), () => {
    if (reset && outgoing.socket instanceof Socket) outgoing.socket.resetAndDestroy();
    else outgoing.destroy();
  });
  await written;
}
