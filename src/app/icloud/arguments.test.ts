import { describe, expect, test } from 'vitest';
import { COMMANDS, readArguments } from './arguments.ts';

function read(line: string) {
  return readArguments([...line.split(' '), '--username', 'Jane@Example.com'], {});
}

describe('an empty value', () => {
  test.each([
    ['', 'No username supplied'],
    ['@@', "argument --username: there is no letter and no digit in '@@': give the Apple ID, such as jane@example.com"],
  ])('of --username (%j) is refused, whatever the command', (username, refused) => {
    for (const command of COMMANDS) expect(readArguments([command, '--username', username], {})).toEqual({ refused });
    expect(readArguments(['--username', username], {})).toEqual({ refused });
  });

  test('of other texts is as if they were not given', () => {
    const of = (...words: string[]) => readArguments([...words, '--username', 'x'], {});
    expect(of('login', '--password', '', '--cookie-directory', '')).toEqual(of('login'));
    expect(of('import', '--from', '')).toEqual(of('import'));
    expect(of('test-notify', '--smtp-host', '', '--smtp-username', '')).toEqual(of('test-notify'));
  });
});

describe('the command line of icloud', () => {
  test.each([
    ['code 123456', { command: 'code', rest: ['123456'] }],
    ['code --send --cookie-directory x', { command: 'code', send: true, cookieDirectory: 'x' }],
    ['login --domain cn --now', { command: 'login', domain: 'cn', now: true }],
    ['--delete-from-keyring -n --cookie-directory x', { command: 'store', deletes: true, cookieDirectory: 'x' }],
    ['--password x --accept-terms', { command: 'store', password: 'x', acceptTerms: true }],
    ['test-notify --smtp-port 25', { command: 'test-notify' }],
  ])('%s', (line, expected) => {
    expect(read(line)).toMatchObject({ ...expected, username: 'jane@example.com' });
  });

  test.each([
    ['code --send 123456', /one thing at a time, and --send and a code are several/],
    ['code --sms a --call b', /--sms and --call are several/],
    ['code --status 123456', /--status and a code are several/],
    ['code --send --status --sms a', /--send and --sms and --status are several/],
    ['code 123456 --domain cn', /^--domain means nothing to icloud code$/],
    ['test-notify --domain cn', /^--domain means nothing to icloud test-notify$/],
    ['test-notify --cookie-directory x', /^--cookie-directory means nothing to icloud test-notify$/],
    ['--delete-from-keyring --password x', /^--password means nothing together with --delete-from-keyring/],
    ['--delete-from-keyring --accept-terms', /^--accept-terms means nothing together with --delete-from-keyring/],
    ['--delete-from-keyring --now', /^--now means nothing together with --delete-from-keyring/],
    ['--delete-from-keyring --domain cn', /^--domain means nothing together with --delete-from-keyring/],
    ['--forget', /^--forget means nothing without a command$/],
  ])('%s would be ignored in part, and is refused', (line, refused) => {
    expect(read(line)).toEqual({ refused: expect.stringMatching(refused) });
  });

  test.each([
    'hunter2',
    '--password my hunter2',
    'status hunter2',
    'code 123 hunter2',
    '--pasword hunter2',
    'login --pasword=hunter2',
    'login -phunter2',
  ])('%s is refused, and what may be a password is not repeated', (line) => {
    const refusal = read(line);
    expect(refusal).toHaveProperty('refused');
    expect(JSON.stringify(refusal)).not.toContain('hunter2');
  });

  test('an unknown command is answered with those there are', () => {
    expect(read('statsu')).toEqual({ refused: expect.stringContaining(COMMANDS.join(', ')) });
  });
});
