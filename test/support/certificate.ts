import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Certificate {
  /** PEM; the certificate is its own authority. */
  readonly cert: string;
  /** PEM */
  readonly key: string;
}

/** @param names hosts and addresses in OpenSSL's notation: `DNS:localhost`, `IP:127.0.0.1` */
export function selfSigned(names: readonly string[]): Certificate {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'icloudpd-certificate-'));
  try {
    const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const about = ['-subj', '/CN=test', '-addext', `subjectAltName=${names.join(',')}`];
    execFileSync('openssl', ['req', '-x509', ...kind, ...about, '-keyout', key, '-out', cert], { stdio: 'pipe' });
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
