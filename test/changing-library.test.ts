import { expect, test } from 'vitest';
import { icloudpd } from './support/in-process.ts';
import { createSandbox, readTree, type Sandbox } from './support/sandbox.ts';

type Library = ReturnType<Sandbox['simulator']['control']['library']>;

/** The names of what is in the library, newest first. */
function namesIn(library: Library): readonly string[] {
  return Array.from({ length: library.count() }, (_, rank) => {
    const filename = library.assetAt(rank)?.master.filename;
    return filename && 'name' in filename ? filename.name : '';
  });
}

function deleteNewest(library: Library, many: number): void {
  for (let each = 0; each < many; each += 1) library.deleteAsset(library.assetAt(0)?.recordName ?? '');
}

function addNewest(library: Library, many: number): void {
  for (let each = 0; each < many; each += 1) {
    library.addAsset({ filename: `NEW_${each}.JPG`, assetDate: Date.UTC(2030, 0, 1, 0, 0, each) });
  }
}

test.each([
  { what: 'a few of the newest are deleted', deleted: 5, added: 0 },
  { what: 'more than a page is deleted', deleted: 120, added: 0 },
  { what: 'some are deleted and more are added', deleted: 120, added: 200 },
  { what: 'more are added than a page holds', deleted: 0, added: 250 },
])('$what while the library is listed: all that stays comes down', async ({ deleted, added }) => {
  await using sandbox = await createSandbox({ library: { assets: 600 } });
  const library = sandbox.simulator.control.library();
  const before = new Set(namesIn(library));
  let downloaded = 0;
  const result = await icloudpd(sandbox, ['-d', sandbox.photos, '--skip-live-photos', '--folder-structure', 'none'], {
    // the third page at the earliest is asked for after this
    onOutput(text) {
      if (!text.includes('Downloaded ')) return;
      downloaded += 1;
      if (downloaded !== 10) return;
      deleteNewest(library, deleted);
      addNewest(library, added);
    },
  });
  expect(result.code).toBe(0);
  const files = await readTree(sandbox.photos);
  expect(namesIn(library).filter((name) => before.has(name) && !files.has(name))).toEqual([]);
});
