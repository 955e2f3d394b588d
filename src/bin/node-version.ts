/** Node's oldest version that runs this program; the same as `engines` in package.json. */
const NEEDED = [22, 18] as const;

/**
 * Ends the program with one clear sentence on a Node that is too old, before anything else can fail. Written in
 * features that old versions have.
 */
export function requireNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return;
  console.error(
    `icloudpd needs Node.js ${NEEDED.join('.')} or later, and this is ${process.versions.node}: install a newer one from https://nodejs.org and run this again.`,
  );
  process.exit(2);
}
