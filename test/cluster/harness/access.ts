import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';

/** A client of the API server, known by a token. */
interface Identity {
  readonly file: string;
  readonly user: string;
  readonly groups?: string;
}

const identities: readonly Identity[] = [
  { file: 'admin', user: 'admin', groups: 'system:masters' },
  { file: 'controller-manager', user: 'system:kube-controller-manager' },
  { file: 'scheduler', user: 'system:kube-scheduler' },
  { file: 'proxy', user: 'system:kube-proxy' },
];

/** Path of the kubeconfig of one identity: `admin`, `scheduler`, `node1`, … */
export const kubeconfigOf = (folder: string, file: string): string => join(folder, `${file}.kubeconfig`);

/** Certificate by which the API server is known. It writes the file itself at its first start. */
export const serverCertificate = (folder: string): string => join(folder, 'keys', 'apiserver.crt');

/**
 * Writes the key of service account tokens, the tokens of all clients and their kubeconfigs; with real nodes also the
 * keys by which the API server shows itself to aggregated API servers.
 */
export async function writeAccess(folder: string, server: string, nodes: number): Promise<void> {
  const keys = join(folder, 'keys');
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  const { generateKeyPairSync } = await import('node:crypto');
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  writeFileSync(join(keys, 'service-accounts.key'), privateKey, { mode: 0o600 });
  if (nodes > 0) await writeFrontProxyKeys(keys);

  const nodeIdentities = Array.from({ length: nodes }, (_, index): Identity => ({
    file: `node${index + 1}`,
    user: `system:node:node${index + 1}`,
    groups: 'system:nodes',
  }));
  for (const { file, user, groups } of [...identities, ...nodeIdentities]) {
    const token = randomBytes(24).toString('hex');
    const identifier = createHash('sha256').update(user).digest('hex').slice(0, 12);
    appendFileSync(
      join(folder, 'tokens.csv'),
      `${token},${user},${identifier}${groups === undefined ? '' : `,"${groups}"`}\n`,
      { mode: 0o600 },
    );
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: { server, 'certificate-authority': serverCertificate(folder) } }],
      users: [{ name: user, user: { token } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user } }],
      'current-context': 'test',
    };
    writeFileSync(kubeconfigOf(folder, file), `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  }
}

/**
 * An authority and a client key signed by it: aggregated API servers trust the user names that such a client passes on.
 */
async function writeFrontProxyKeys(keys: string): Promise<void> {
  const openssl = $({ cwd: keys, quiet: true });
  await openssl`openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=front-proxy-authority -keyout front-proxy-authority.key -out front-proxy-authority.crt`;
  await openssl`openssl req -newkey rsa:2048 -nodes -subj /CN=front-proxy -keyout front-proxy.key -out front-proxy.csr`;
  await openssl`openssl x509 -req -days 30 -in front-proxy.csr -CA front-proxy-authority.crt -CAkey front-proxy-authority.key -CAcreateserial -out front-proxy.crt`;
}
