/**
 * Python's `os.path.splitext` for a name without folders: the extension begins at the last dot; dots at the beginning of
 * the name do not count.
 *
 * @returns `extension` with its dot, or empty
 */
export function splitExtension(name: string): { readonly stem: string; readonly extension: string } {
  const dot = name.lastIndexOf('.');
  const leading = /^\.*/.exec(name)?.[0].length ?? 0;
  if (dot < leading) return { stem: name, extension: '' };
  return { stem: name.slice(0, dot), extension: name.slice(dot) };
}
