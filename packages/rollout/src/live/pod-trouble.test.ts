import { expect, it } from 'vitest';
import type { KubernetesObject } from '@mi-patterns/helm';
import { creationFailure } from './live.ts';
import { podTrouble } from './pod-trouble.ts';

const object = (kind: string, status: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'orders' },
  status,
});
const pod = (state: object): KubernetesObject =>
  object('Pod', { containerStatuses: [{ name: 'micro-integrator', restartCount: 1, ready: false, ...state }] });

it('shows no secret that a server, the kubelet or an admission rule quotes', () => {
  const long = 'x'.repeat(150);
  const told = [
    podTrouble(pod({ state: { terminated: { exitCode: 1, message: `ERROR ${long} password="s3cr3t ${long}"` } } })),
    podTrouble(pod({ state: { waiting: { reason: 'CreateContainerError', message: 'bad env token=s3cr3t' } } })),
    podTrouble(
      pod({ state: { waiting: { reason: 'ErrImagePull', message: 'Get "https://ann:s3cr3t@r.example/v2/": no' } } }),
    ),
    podTrouble(object('Pod', { conditions: [{ type: 'PodScheduled', status: 'False', message: 'token=s3cr3t' }] })),
  ].map((trouble) => trouble?.words);
  const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'denied the request: password=s3cr3t' }];
  const all = [...told, creationFailure(object('Deployment', { conditions }))];
  expect(all.filter((words) => words?.includes('[hidden]') !== true || words.includes('s3cr3t'))).toEqual([]);
});
