import { describe, expect, it } from 'vitest';
import { type KubernetesObject, ToolFailure } from '@mi-patterns/helm';
import { faultyArchives, startedNotReady } from './not-ready.ts';
import type { Tools } from '../tools/tools.ts';

/** What MI 4.3.0 logs of an archive whose endpoint reads a variable that is not set, shortened. */
const log = `[2026-01-01 00:00:42,414] ERROR {EndpointDeployer} - Endpoint Deployment from the file : /home/wso2carbon/tmp/carbonapps/-1234/1795882662243orders_1.0.0.car/OrdersEP_1.0.0/OrdersEP-1.0.0.xml : Failed. org.apache.synapse.commons.resolvers.ResolverException: Environment variable could not be found
\tat org.apache.synapse.commons.resolvers.SystemResolver.resolve(SystemResolver.java:40)
Caused by: a.B: of another entry
[2026-01-01 00:00:42,467] ERROR {CappDeployer} - Error occurred while deploying the Carbon application: orders_1.0.0.car. Reverting successfully deployed artifacts in the CApp. org.apache.axis2.deployment.DeploymentException: Endpoint Deployment from the file : /home/wso2carbon/tmp/carbonapps/-1234/1795882662243orders_1.0.0.car/OrdersEP_1.0.0/OrdersEP-1.0.0.xml : Failed.
\tat org.wso2.micro.integrator.initializer.deployment.application.deployer.CappDeployer.deploy(CappDeployer.java:1)
Caused by: org.apache.synapse.deployers.SynapseArtifactDeploymentException: Endpoint Deployment from the file : x : Failed.
Caused by: org.apache.synapse.commons.resolvers.ResolverException: Environment variable could not be found
[2026-01-01 00:00:43,000]  INFO {StartupFinalizer} - Micro Integrator started in 9 seconds
Caused by: a.B: of a later entry
`;

const pod = (
  name: string,
  changes: { ready?: boolean; started?: boolean; ending?: boolean } = {},
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'n', ...(changes.ending ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: changes.ready ? 'True' : 'False' }],
    containerStatuses: [{ name: 'micro-integrator', started: changes.started ?? true, ready: changes.ready ?? false }],
  },
});

const place = (logs: (pod: string) => string): { namespace: string; context: string; tools: Tools } => ({
  namespace: 'n',
  context: 'c',
  tools: {
    helm: () => Promise.reject(new Error('not asked')),
    helmMajor: () => Promise.resolve(4),
    kubectl: (words) =>
      Promise.resolve().then(() => ({ exitCode: 0, stdout: logs(words[words.indexOf('logs') + 1] ?? ''), stderr: '' })),
  },
});

describe('faultyArchives', () => {
  it('names archive, file and last cause, each archive once', () => {
    const expected = [
      { archive: 'orders_1.0.0.car', file: 'OrdersEP-1.0.0.xml', cause: 'Environment variable could not be found' },
    ];
    expect(faultyArchives(log)).toEqual(expected);
    expect(faultyArchives(log + log)).toEqual(expected);
  });

  it('finds nothing in the log of a sound server', () =>
    expect(faultyArchives('[2026-01-01 00:00:43,000]  INFO {X} - Micro Integrator started')).toEqual([]));
});

describe('startedNotReady', () => {
  it('tells why a pod is not ready whose server has started, and of no other', async () => {
    const pods = [
      pod('orders-1'),
      pod('ready', { ready: true }),
      pod('starting', { started: false }),
      pod('ending', { ending: true }),
    ];
    expect(
      await startedNotReady(
        place(() => log),
        pods,
      ),
    ).toEqual([
      'orders-1: its server runs but is not ready: MI has reverted orders_1.0.0.car, because OrdersEP-1.0.0.xml failed (Environment variable could not be found). MI does not retry: remove the cause, then delete the pod',
    ]);
  });

  it('says where to look when the log cannot be read or says nothing', async () => {
    const refused = place(() => {
      throw new ToolFailure({ reason: 'exit', message: 'forbidden', hint: '' });
    });
    const sentence =
      'orders-1: its server runs but is not ready; `kubectl --context c --namespace n logs orders-1` says why';
    expect(await startedNotReady(refused, [pod('orders-1')])).toEqual([sentence]);
    expect(
      await startedNotReady(
        place(() => ''),
        [pod('orders-1')],
      ),
    ).toEqual([sentence]);
  });
});
