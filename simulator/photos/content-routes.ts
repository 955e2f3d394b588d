import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { type Content, SLICE_BYTES, slicesOf } from './content.ts';
import type { DownloadLinks } from './download-link.ts';

const RANGE = /^bytes=(\d*)-(\d*)$/;

/** What part of a file a request wants. */
type Part =
  | { readonly kind: 'whole' }
  | { readonly kind: 'range'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' };

/** The content host: files by signed address, without cookies, whole or in part. */
export function contentRoutes(links: DownloadLinks): Hono {
  const app = new Hono();
  app.get('/B/:object/:name', (c) => {
    const url = new URL(c.req.url);
    const reading = links.read(url);
    switch (reading.kind) {
      case 'forged':
        return c.body('Forbidden', 403);
      case 'expired':
        return c.body('Gone', 410);
      case 'missing':
        return c.body('Not Found', 404);
      case 'valid':
        return fileResponse(reading.resource.content, c.req.header('range'), c.req.param('name'));
    }
  });
  return app;
}

function fileResponse(content: Content, range: string | undefined, name: string): Response {
  const filename = encodeURIComponent(name);
  const headers = new Headers({
    'Accept-Ranges': 'bytes',
    'Access-Control-Allow-Credentials': 'false',
    'Access-Control-Allow-Methods': 'GET,OPTIONS',
    'Access-Control-Allow-Origin': 'https://www.icloud.com',
    'Apple-Originating-System': 'UnknownOriginatingSystem',
    'Content-Disposition': `attachment; filename="${filename}"; filename*=UTF-8''${filename}`,
    'Content-Type': 'application/octet-stream',
    'X-Apple-Request-UUID': randomUUID(),
  });
  const part = partOf(range, content.size);
  if (part.kind === 'unsatisfiable') {
    headers.set('Content-Range', `bytes */${content.size}`);
    headers.set('Content-Length', '0');
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = part.kind === 'range' ? part : { start: 0, end: content.size };
  headers.set('Content-Length', String(end - start));
  if (part.kind === 'range') headers.set('Content-Range', `bytes ${start}-${end - 1}/${content.size}`);
  return new Response(bodyOf(content, start, end), { status: part.kind === 'range' ? 206 : 200, headers });
}

/** A header that is not understood, several ranges among them, is ignored, as the standard allows. */
function partOf(header: string | undefined, size: number): Part {
  const range = RANGE.exec(header ?? '');
  const [first = '', last = ''] = range?.slice(1) ?? [];
  if (first === '' && last === '') return { kind: 'whole' };
  // no range of an empty file can be satisfied, yet clients ask for `bytes=0-` of every file: common servers send it
  if (size === 0 && first === '0') return { kind: 'whole' };
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (start >= size) return { kind: 'unsatisfiable' };
  return start < end ? { kind: 'range', start, end } : { kind: 'whole' };
}

function bodyOf(content: Content, start: number, end: number): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> {
  if (end - start <= SLICE_BYTES) return Uint8Array.from(content.read(start, end));
  const slices = slicesOf(content, start, end);
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const slice = slices.next();
      if (slice.done) controller.close();
      else controller.enqueue(slice.value);
    },
  });
}
