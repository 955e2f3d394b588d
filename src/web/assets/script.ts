import { createHash } from 'node:crypto';

/**
 * Keeps the page up to date. Nothing depends on it: without it the forms work, and the page loads itself anew. Only what
 * changed is put in, so that neither what is being typed nor the place of the keyboard is lost.
 */
export const SCRIPT = `'use strict';
(() => {
  const times = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  function localize(root) {
    for (const element of root.querySelectorAll('time[datetime]')) {
      element.textContent = times.format(new Date(element.dateTime));
    }
  }
  function put(id, hash, html) {
    const element = document.getElementById(id);
    if (!element || element.dataset.hash === hash) return;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 8;
    const held = element.contains(document.activeElement);
    const idle = document.activeElement === document.body || document.activeElement === null;
    element.innerHTML = html;
    element.dataset.hash = hash;
    localize(element);
    if (atEnd) element.scrollTop = element.scrollHeight;
    const first = element.querySelector('[autofocus]');
    if (first && (held || idle)) first.focus();
    else if (held) element.focus();
  }
  localize(document);
  const log = document.getElementById('log-details');
  if (log) log.addEventListener('toggle', () => {
    const box = document.getElementById('log');
    if (box) box.scrollTop = box.scrollHeight;
  });
  const path = document.body.dataset.live;
  if (!path || !window.EventSource) return;
  const connection = document.getElementById('connection');
  const announcer = document.getElementById('announcer');
  const source = new EventSource(path);
  source.addEventListener('open', () => { connection.textContent = 'Live'; connection.className = 'live'; });
  source.addEventListener('error', () => { connection.textContent = 'Not connected; trying again'; connection.className = 'lost'; });
  source.addEventListener('region', (event) => {
    const { id, hash, html } = JSON.parse(event.data);
    put(id, hash, html);
  });
  source.addEventListener('title', (event) => { document.title = JSON.parse(event.data); });
  source.addEventListener('announce', (event) => { announcer.textContent = JSON.parse(event.data); });
  source.addEventListener('over', () => { source.close(); location.reload(); });
  addEventListener('pagehide', () => source.close());
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
})();
`;

/** Changes with the content, so that browsers may keep it for ever. */
export const SCRIPT_PATH = `/script-${createHash('sha256').update(SCRIPT).digest('hex').slice(0, 12)}.js`;
