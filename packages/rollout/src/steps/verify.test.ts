import { expect, it } from 'vitest';
import type { KubernetesObject } from '@mi-patterns/helm';
import { unsound } from './verify.ts';

it('says why a Deployment has no pod that could tell', () => {
  const deployment = (status: object): KubernetesObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'orders-money', namespace: 'n' },
    spec: { replicas: 1 },
    status,
  });
  const message =
    'pods "orders-money-1" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2';
  const conditions = [
    { type: 'Progressing', status: 'True', message: 'is progressing' },
    { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message },
  ];
  const live = { workloads: [deployment({ conditions })], pods: [] };
  expect(unsound([deployment({})], live)).toEqual([`Deployment/orders-money has 0 of 1 pods ready (${message}).`]);
});
