import type { Diagnostic, Severity } from '@mi-patterns/inventory';
import { expect, it } from 'vitest';
import { tellFindings } from './tell-findings.ts';

const finding = (severity: Severity): Diagnostic => ({ code: 'MI-FILE', severity, message: 'What.', hint: 'Do.' });

it.each([
  [{}, 'error MI-FILE\n    What.\n    → Do.\nwarning MI-FILE\n    What.\n    → Do.\nmore\n\n'],
  [{ quiet: true }, 'error MI-FILE\n    What.\n    → Do.\n\n'],
  [{ json: true }, ''],
])('with %j tells %j', (options, told) => {
  let stderr = '';
  const context = {
    cwd: '/',
    environment: {},
    stdout: () => {},
    stderr: (text: string) => void (stderr += text),
    columns: undefined,
    // Of stdout: what goes to stderr is coloured where stderr is.
    colour: true,
    errorColour: false,
    interactive: false,
  };
  const findings = [finding('warning'), finding('error')];
  tellFindings(findings, { json: false, quiet: false, verbose: false, ...options }, context, ['more']);
  expect(stderr).toBe(told);
});
