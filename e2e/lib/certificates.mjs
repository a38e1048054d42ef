/** A private authority, and a certificate for this machine: made anew, thrown away afterwards. */
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const openssl = (...words) => promisify(execFile)('openssl', words);

const EXTENSIONS = [
  'basicConstraints=CA:FALSE', 'keyUsage=digitalSignature', 'extendedKeyUsage=serverAuth',
  'subjectAltName=DNS:localhost,IP:127.0.0.1', '',
].join('\n');

/** @returns {Promise<{authority: string, certificate: string, key: string}>} paths of PEM files in the folder */
export async function makeCertificates(folder) {
  const file = (name) => path.join(folder, name);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl('req', '-x509', ...newKey, '-days', '30', '-subj', '/CN=connect-src e2e', '-keyout', file('ca.key'), '-out', file('ca.pem'),
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign');
  await openssl('req', ...newKey, '-subj', '/CN=localhost', '-keyout', file('leaf.key'), '-out', file('leaf.csr'));
  await fs.writeFile(file('leaf.cnf'), EXTENSIONS);
  await openssl('x509', '-req', '-in', file('leaf.csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-days', '30',
    '-extfile', file('leaf.cnf'), '-out', file('leaf.pem'));
  return { authority: file('ca.pem'), certificate: file('leaf.pem'), key: file('leaf.key') };
}
