import { describe, expect, test } from 'vitest';
import { Faults } from './faults.ts';

const effect = { kind: 'corrupt' } as const;

describe('faults', () => {
  test('the next request of that path, once, by default', () => {
    const faults = new Faults();
    faults.inject({ match: { path: '/B/' }, effect });
    expect(faults.due('GET', '/database/1')).toEqual([]);
    expect([1, 2, 3].map(() => faults.due('GET', '/B/x').length)).toEqual([1, 0, 0]);
  });

  test('from the nth on, so many times', () => {
    const faults = new Faults();
    faults.inject({ match: { path: '/B/' }, nth: 2, times: 2, effect });
    expect([1, 2, 3, 4].map(() => faults.due('GET', '/B/x').length)).toEqual([0, 1, 1, 0]);
  });

  test('the method counts when it is given, in any case', () => {
    const faults = new Faults();
    faults.inject({ match: { path: '/verify', method: 'put' }, effect });
    expect(faults.due('POST', '/verify/phone')).toEqual([]);
    expect(faults.due('PUT', '/verify/phone')).toEqual([effect]);
  });

  test('each counts for itself, and several may hit one request', () => {
    const faults = new Faults();
    faults.inject({ match: { path: '/a' }, effect: { kind: 'delay', ms: 1 } });
    faults.inject({ match: { path: '/' }, effect });
    expect(faults.due('GET', '/a')).toEqual([{ kind: 'delay', ms: 1 }, effect]);
  });

  test('are gone when cleared', () => {
    const faults = new Faults();
    faults.inject({ match: { path: '/' }, effect });
    faults.clear();
    expect(faults.due('GET', '/')).toEqual([]);
  });
});
