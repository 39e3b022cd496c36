import { describe, expect, it } from 'vitest';
import { ToolFailure } from '@mi-patterns/helm';
import { clusterFailure } from './cluster-failure.ts';

const failure = (stderr: string): ToolFailure =>
  new ToolFailure({
    reason: 'exit',
    message: 'kubectl ended with exit code 1.',
    hint: 'The tool says why above.',
    exitCode: 1,
    stderr,
  });

describe('clusterFailure', () => {
  it.each([
    [
      'E1125 21:55 memcache.go:265] "Unhandled Error"\nThe connection to the server 127.0.0.1:1 was refused',
      'The cluster of the context prod does not answer.',
    ],
    [
      'Error: query: secrets is forbidden: User "bob" cannot list resource "secrets"',
      'The user of the context prod is not allowed to do this.',
    ],
    [
      'error: You must be logged in to the server (Unauthorized)',
      'The cluster of the context prod does not know this user.',
    ],
    [
      'Unable to connect to the server: tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
      'The certificate of the cluster of the context prod is not accepted.',
    ],
    [
      'Error from server (InternalError): Internal error occurred: failed calling webhook "a.b": failed to call webhook: Post "https://c.d.svc:443/e": dial tcp 10.0.0.1:443: connect: connection refused',
      'A webhook of the cluster of the context prod does not answer as it should.',
    ],
    [
      'Error: UPGRADE FAILED: failed to create resource: Internal error occurred: failed calling webhook "a.b": Post "https://c.d.svc:443/e": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      'A webhook of the cluster of the context prod does not answer as it should.',
    ],
  ])('says what %j means', (stderr, message) => {
    const told = clusterFailure(failure(stderr), ['--context', 'prod', 'get', 'pods']);
    expect([told.message.split('\n')[0], told.stderr]).toEqual([message, stderr.split('\n').at(-1)]);
    expect(clusterFailure(failure(stderr), ['history', 'orders', '--kube-context', 'prod']).message).toContain(message);
  });

  it('leaves alone what it does not know, and what asked no cluster', () => {
    const known = failure('was refused');
    expect(clusterFailure(known, ['package', 'chart'])).toBe(known);
    const unknown = failure('Error from server (Conflict)');
    expect(clusterFailure(unknown, ['--context', 'prod'])).toBe(unknown);
    const quota = failure('Error from server (Forbidden): configmaps "a" is forbidden: exceeded quota: small');
    expect(clusterFailure(quota, ['--context', 'prod'])).toBe(quota);
  });
});
