import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { CodedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import { collectorKeys } from '../audit/collector-keys.ts';
import { fingerprintOf } from '../audit/signatures.ts';
import { configFileOf, dataDirOf, readBytes } from '../config.ts';
import { pinOfKey } from '../tls/served-certificate.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

export const init: Command = {
  usage: `farhand init --host name [--host …] [--address ip …] [--port 7443] [--data-dir folder]
farhand init --renew [--host name …] [--address ip …] [--data-dir folder]

Writes into the data folder, readable by its owner only: tls/authority.pem and .key, tls/collector.pem and .key, collector-keys.json, and
farhand.json, which every other command then reads from there. Nothing is overwritten.
  --host     a DNS name that agents and people reach the collector by; the first goes into enrollment tokens
  --address  an address that they reach it by
  --renew    a new certificate for the same key, so that the pin stays and agents notice nothing; a running collector takes it
             up by itself. The names stay unless others are given.

Example: farhand init --host collector.example --address 192.0.2.5`,
  async run(args) {
    const { values } = optionsOf(args, {
      host: { type: 'string', multiple: true, default: [] },
      address: { type: 'string', multiple: true, default: [] },
      port: { type: 'string', default: '7443' },
      renew: { type: 'boolean', default: false },
      'data-dir': { type: 'string' },
    });
    const dataDir = dataDirOf(values['data-dir']);
    const names = [...values.host.map(hostName), ...values.address.map(address)];
    const text = values.renew
      ? await renewed(dataDir, names)
      : await made(dataDir, names, portOf(values.port));
    process.stdout.write(`${text}\n`);
    return 0;
  },
};

async function made(dataDir: string, names: readonly string[], port: number): Promise<string> {
  const [first] = names;
  if (first === undefined)
    throw new CodedError('USAGE', { reason: 'at least one --host or --address is needed' });
  const files = filesOf(dataDir);
  for (const path of Object.values(files))
    if (existsSync(path)) throw new CodedError('ALREADY_INITIALIZED', { path });
  const { newAuthority, newCertificate } = await certificates();
  const now = Date.now();
  const authority = await newAuthority(`Farhand authority of ${first}`, now);
  const certificate = await newCertificate({ authority, names, now });
  const publicUrl = `https://${isIP(first) === 6 ? `[${first}]` : first}:${port}`;
  const host = names.some((name) => isIP(name) === 6) ? '::' : '0.0.0.0';
  const config = { host, port, publicUrl, tls: { cert: files.cert, key: files.key } };
  mkdirSync(join(dataDir, 'tls'), { recursive: true, mode: 0o700 });
  write(files.authorityKey, authority.key);
  write(files.authority, authority.cert);
  write(files.key, certificate.key);
  write(files.cert, certificate.cert + authority.cert);
  write(files.config, `${JSON.stringify(config, null, 2)}\n`);
  const signing = collectorKeys(dataDir, instant(now));
  return `Certificate for ${names.join(', ')}, until ${expiryOf(certificate.cert)}.
Pin          ${pinOfKey(new X509Certificate(certificate.cert))}
Signing key  ${fingerprintOf(signing.publicKey)}
Files        ${join(dataDir, 'tls')}, ${files.config}

Next:
  farhand serve --data-dir ${dataDir}
  farhand token create --data-dir ${dataDir}     one string for each machine; it carries the pin
  farhand user link --data-dir ${dataDir}        a link that signs you in
Browsers trust the console once ${files.authority} is among their authorities.
Keep ${files.authorityKey} where only you can read it. Before the certificate ends: farhand init --renew --data-dir ${dataDir}`;
}

async function renewed(dataDir: string, given: readonly string[]): Promise<string> {
  const { newCertificate } = await certificates();
  const files = filesOf(dataDir);
  const read = (path: string) => readBytes(path).toString();
  const authority = { cert: read(files.authority), key: read(files.authorityKey) };
  const names = given.length > 0 ? given : namesOf(new X509Certificate(read(files.cert)));
  const { cert } = await newCertificate({ authority, names, now: Date.now(), key: read(files.key) });
  // Renamed into place: a running collector never reads half a file.
  write(`${files.cert}.new`, cert + authority.cert);
  renameSync(`${files.cert}.new`, files.cert);
  return `Certificate for ${names.join(', ')}, until ${expiryOf(cert)}. Its pin is as before: ${pinOfKey(new X509Certificate(cert))}`;
}

/** Loaded here, because every other command would wait for the library too. */
function certificates() {
  return import('../tls/certificates.ts');
}

function filesOf(dataDir: string) {
  const tls = (name: string) => join(dataDir, 'tls', name);
  return {
    authority: tls('authority.pem'),
    authorityKey: tls('authority.key'),
    cert: tls('collector.pem'),
    key: tls('collector.key'),
    config: configFileOf(dataDir),
  };
}

function write(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600, flush: true });
}

function expiryOf(cert: string): string {
  return new X509Certificate(cert).validToDate.toISOString().slice(0, 10);
}

/** What `newCertificate` wrote into it: `DNS:collector.example, IP Address:192.0.2.5`. */
function namesOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return subjectAltName.split(', ').map((entry) => entry.replace(/^(DNS|IP Address):/, ''));
}

function hostName(text: string): string {
  if (/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(text))
    return text.toLowerCase();
  throw new CodedError('USAGE', { reason: `--host ${text} is not a DNS name` });
}

function address(text: string): string {
  if (isIP(text)) return text;
  throw new CodedError('USAGE', { reason: `--address ${text} is not an IP address` });
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new CodedError('USAGE', { reason: `--port ${text} is not a port` });
}
