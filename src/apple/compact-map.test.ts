import { expect, test } from 'vitest';
import { CompactMap } from './compact-map.ts';

test('gives what was put in, and nothing for a key that was not', () => {
  using map = new CompactMap();
  map.set('IMG_1.JPG', 'one');
  map.set('', 'nothing');
  expect([map.get('IMG_1.JPG'), map.get(''), map.get('IMG_2.JPG')]).toEqual(['one', 'nothing', undefined]);
  expect([map.has('IMG_1.JPG'), map.has('IMG_2.JPG')]).toEqual([true, false]);
});

test('set takes the place of what was there, add does not', () => {
  using map = new CompactMap();
  expect(map.add('a', 'first')).toBe(true);
  expect(map.add('a', 'second')).toBe(false);
  expect(map.get('a')).toBe('first');
  map.set('a', 'third');
  expect(map.get('a')).toBe('third');
});

test('keys without a value are there; the size counts each key once', () => {
  using map = new CompactMap();
  map.add('a');
  map.add('a');
  map.set('b', '');
  map.set('b', 'B');
  expect(map.size).toBe(2);
  expect(map.has('a')).toBe(true);
});

test('tells a hundred thousand names that differ in one letter from each other', () => {
  using map = new CompactMap();
  for (let i = 0; i < 100_000; i += 1) map.add(`IMG_${i}.JPG`, String(i));
  expect(map.size).toBe(100_000);
  for (let i = 0; i < 100_000; i += 997) expect(map.get(`IMG_${i}.JPG`)).toBe(String(i));
});
