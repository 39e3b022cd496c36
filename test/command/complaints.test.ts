import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { render } from '../chart/support.ts';
import { miPatterns, orders, temporaryFolder } from '../support/command.ts';

// The first 21: chart/complaints.test.ts.
describe('complaints', () => {
  it('22 a mistake of the user prints a stack trace, or a secret', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'values.yaml'),
      stringify({ env: { DB_PASSWORD: { value: 'hunter2-the-secret' } }, replicaas: 3 }),
    );
    const answers = [
      await miPatterns(['validate', join(folder, 'values.yaml')]),
      await miPatterns(['validate', join(folder, 'none.yaml')]),
      await miPatterns(['scan', join(folder, 'none')]),
    ];
    for (const { stdout, stderr, exitCode } of answers) {
      expect(stdout + stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$|node:internal|hunter2/m);
      expect(exitCode).toBeGreaterThan(0);
    }
    const refused = await render({ env: { DB_PASSWORD: { value: 'hunter2-the-secret' } }, replicaas: 3 });
    expect(refused.state).toBe('refused');
    expect(JSON.stringify(refused)).not.toContain('hunter2');
  });

  it('23 nobody says whether an artifact may run in several pods', async () => {
    const task = await miPatterns(['explain', 'recurringOrder_Task', orders]);
    const api = await miPatterns(['explain', 'OrderAPI', orders]);
    expect(task.stdout).toMatch(/isolate/);
    expect(task.stdout).toMatch(/recurringOrder_Task\.xml:\d+/);
    expect(api.stdout).toMatch(/stateless/);
  });
});
