/** A private authority and one certificate for every test host, made with openssl and kept in the work folder. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const NAMES = [
  'app.test', '*.app.test', 'api.test', '*.api.test', '*.b.api.test', 'notapi.test', '*.test', 'other.test', 'localhost',
  '127.0.0.1', '10.0.0.1',
];

/**
 * @param {string} folder
 * @returns {{key: Buffer, cert: Buffer, authority: string}} `authority` is the path of the authority's certificate
 */
export function ensureCertificates(folder) {
  fs.mkdirSync(folder, { recursive: true });
  const file = (name) => path.join(folder, name);
  if (!fs.existsSync(file('leaf.pem'))) {
    makeAuthority(file);
    makeLeaf(file);
  }
  return { key: fs.readFileSync(file('leaf.key')), cert: fs.readFileSync(file('leaf.pem')), authority: file('ca.pem') };
}

function makeAuthority(file) {
  openssl([
    'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj', '/CN=connect-src recorder',
    '-keyout', file('ca.key'), '-out', file('ca.pem'), '-addext', 'basicConstraints=critical,CA:TRUE',
    '-addext', 'keyUsage=critical,keyCertSign,cRLSign',
  ]);
}

function makeLeaf(file) {
  const names = NAMES.map((name) => (/^[\d.]+$/.test(name) ? 'IP:' : 'DNS:') + name).join(',');
  fs.writeFileSync(file('leaf.cnf'), [
    'basicConstraints=CA:FALSE', 'keyUsage=digitalSignature,keyEncipherment', 'extendedKeyUsage=serverAuth',
    `subjectAltName=${names}`, '',
  ].join('\n'));
  openssl(['req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=app.test', '-keyout', file('leaf.key'), '-out', file('leaf.csr')]);
  openssl([
    'x509', '-req', '-in', file('leaf.csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial',
    '-days', '800', '-extfile', file('leaf.cnf'), '-out', file('leaf.pem'),
  ]);
}

function openssl(args) {
  execFileSync('openssl', args, { stdio: 'ignore' });
}
