import { describe, expect, it } from 'vitest';
import { sharedEnvironment } from '@mi-patterns/values';
import { imageToPush, stepsAfterInit } from './next-steps.ts';

describe('the steps after init', () => {
  const after = (
    releases: readonly string[] | undefined,
    images: readonly string[],
  ): Parameters<typeof stepsAfterInit>[0] => ({ releases, images, fromValues: false });

  it('add a layer to the one image that the old releases run', () => {
    const text = stepsAfterInit(after(['billing', 'invoices'], ['oci:acme/a:1'])).join('\n');
    expect(text).toContain('mi-patterns package --from oci:acme/a:1 --out package --push');
    expect(text).toContain('The settings are those of billing;');
  });

  it('build a new image of several, since what package pushes without --from has no server', () => {
    const text = stepsAfterInit(after(['billing', 'invoices'], ['oci:acme/a:1', 'oci:acme/b:1'])).join('\n');
    expect(text).toContain('docker build --tag REGISTRY/NAME:TAG package/image && docker push');
    expect(text).not.toContain('--push');
  });

  it('say nothing of other releases where there is one or none', () => {
    expect(stepsAfterInit(after(['billing'], ['oci:acme/a:1'])).join('\n')).not.toContain('The settings are those of');
    expect(stepsAfterInit(after(undefined, []))).toContain('  mi-patterns plan');
  });
});

describe('the image to push', () => {
  const image = { registry: 'r.example', repository: 'acme/a', tag: '1' };

  it('is the one that the configuration names for all environments', () => {
    expect(imageToPush(sharedEnvironment({ image }))).toBe('r.example/acme/a:1');
    expect(imageToPush(sharedEnvironment({ environments: { dev: { image } } }))).toBe('REGISTRY/NAME:TAG');
  });

  it('is open where it exists already', () => {
    expect(imageToPush(sharedEnvironment({ image }), 'r.example/acme/a:1')).toBe('REGISTRY/NAME:TAG');
    const digest = `sha256:${'1'.repeat(64)}`;
    expect(imageToPush(sharedEnvironment({ image: { ...image, digest } }))).toBe('REGISTRY/NAME:TAG');
  });
});
