import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const go = spawnSync('go', ['version'], { encoding: 'utf8' });

/**
 * The program is Go; its tests run real processes, as process 1 of a namespace of their own where the machine lets
 * them.
 */
describe.skipIf(go.status !== 0)('lease-guard (Go; skipped without it)', () => {
  const run = (...words: readonly string[]): { readonly status: number | null; readonly said: string } => {
    const { status, stdout, stderr } = spawnSync('go', words, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -mod=readonly' },
    });
    return { status, said: `${stdout}${stderr}`.trim() };
  };

  it('is formatted, and vet finds nothing', () => {
    const format = spawnSync('gofmt', ['-l', '.'], { cwd: import.meta.dirname, encoding: 'utf8' });
    expect(format.stdout).toBe('');
    expect(run('vet', './...')).toEqual({ status: 0, said: '' });
  });

  it('passes its own tests', () => {
    // They wait for each other's processes most of the time: more than there are processors run at once.
    const { status, said } = run('test', '-count=1', '-parallel=16', './...');
    expect({ status, said }).toEqual({ status: 0, said: expect.stringMatching(/^ok\s/) });
  });

  it('needs nothing but the standard library', () => {
    const { said } = run('list', '-deps', '-f', '{{if not .Standard}}{{.ImportPath}}{{end}}', '.');
    expect(said.split('\n').filter((line) => line !== '')).toEqual(['mi-patterns/lease-guard']);
  });
});
