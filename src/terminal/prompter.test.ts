import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createPrompter } from './prompter.ts';

function terminal() {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const interruption = new AbortController();
  const prompter = createPrompter({ input, output }, interruption.signal);
  return { input, prompter, interruption, written: () => String(output.read() ?? '') };
}

test('the end of the input leaves the prompt on a line of its own', async () => {
  const { input, prompter, written } = terminal();
  const answer = prompter.ask('Code: ');
  input.write('\u0004');
  expect(await answer).toBeUndefined();
  expect(written()).toMatch(/Code: .*\n$/s);
});

test('an interruption does so too', async () => {
  const { prompter, interruption, written } = terminal();
  const answer = prompter.ask('Code: ');
  interruption.abort(new Error('Ctrl-C'));
  await expect(answer).rejects.toThrow('Ctrl-C');
  expect(written()).toMatch(/Code: .*\n$/s);
});

test('an answer ends its line itself', async () => {
  const { input, prompter, written } = terminal();
  const answer = prompter.ask('Code: ');
  input.write('123456\r');
  expect(await answer).toBe('123456');
  expect(written()).not.toMatch(/\n\r?\n$/);
});

test('a question that is not asked leaves nothing behind', async () => {
  const { prompter, interruption, written } = terminal();
  interruption.abort(new Error('Ctrl-C'));
  await expect(prompter.ask('Code: ')).rejects.toThrow('Ctrl-C');
  expect(written()).toBe('');
});
