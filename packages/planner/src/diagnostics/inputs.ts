import { type Diagnostic, idleFiles } from '@mi-patterns/inventory';
import type { PlanDiagnostic } from '../model/plan.ts';
import type { PlanContext } from './context.ts';
import { finding } from '../findings/finding.ts';

/** What a packaged archive no longer has: packing again writes folders and roles. */
const mended: ReadonlySet<string> = new Set(['MI-CAR-NO-DIRECTORY', 'MI-CAR-NO-ROLE']);

/** Warnings about something that is deployed, but was not read: the plan knows nothing of it. */
const unread: ReadonlySet<string> = new Set(['MI-LEGACY-UNMATCHED', 'MI-READ-LINK']);

/** Warnings about files that nothing reads where they lie: what their author wrote there has no effect. */
const leftOut: ReadonlySet<string> = new Set([
  'MI-CAR-STRAY',
  'MI-CAR-UNKNOWN-TYPE',
  'MI-CAR-UNLISTED',
  'MI-LEGACY-UNLISTED',
  'MI-LEGACY-UNSUPPORTED',
  'MI-PRJ-CONTENT',
  'MI-PRJ-NESTED',
  'MI-PRJ-UNKNOWN-FOLDER',
  'MI-SERVER-CONTENT',
  'MI-SERVER-NOT-DELIVERED',
  'MI-TOML-PLACE',
  'MI-XML-NAMESPACE',
]);

/** Warnings about what MI refuses, unless a library that nobody has read adds it. */
const refused: ReadonlySet<string> = new Set(['MI-XML-MEDIATOR']);

/** Warnings about artifacts that a server deploys and that do not do their work, or that some versions of MI refuse. */
const workless: ReadonlySet<string> = new Set([
  'MI-ARTIFACT-INCOMPLETE',
  'MI-ARTIFACT-VALUE',
  'MI-CRON-INVALID',
  'MI-PROCESSOR-NUMBER',
  'MI-REF-JNDI',
  'MI-REF-PARAMETER',
  'MI-TASK-TRIGGER',
]);

/** Warnings about settings that decide a verdict, addresses and parameters that are not what their author meant. */
const misread: ReadonlySet<string> = new Set(['MI-LOOPBACK-PORT', 'MI-TOML-IGNORED', 'MI-XML-PARAMETERS']);

/**
 * Errors of the inventory: a file that could not be read may hold a task, and an archive that MI refuses is absent
 * while its servers are ready. A plan that passed over them would promise what does not run. What no application
 * delivers is on no server, so its errors stop no plan.
 */
export function inputDiagnostics({ inventory }: PlanContext): PlanDiagnostic[] {
  const told = inventory.diagnostics.flatMap((diagnostic) => {
    const sentence = consequence(diagnostic.code, diagnostic.severity);
    return sentence === undefined ? [] : [{ ...diagnostic, sentence }];
  });
  if (told.length === 0) return [];
  const undelivered = idleFiles(inventory);
  return told.map(({ code, severity, message, hint, source, related, sentence }) => {
    const isIdle = source !== undefined && undelivered.has(source.path);
    return finding('MI-PLAN-INPUT', {
      severity: isIdle ? 'info' : severity,
      message: `${isIdle ? 'No application delivers this, so the plan leaves it out' : sentence} (${code}): ${message}`,
      hint,
      source,
      ...(related === undefined ? {} : { related }),
    });
  });
}

/** What a finding of the inventory means for the plan; undefined when it means nothing. */
function consequence(code: string, severity: Diagnostic['severity']): string | undefined {
  if (severity === 'error') return mended.has(code) ? undefined : 'The plan is unreliable because of its input';
  if (severity !== 'warning') return undefined;
  if (unread.has(code)) return 'The plan lacks what could not be read';
  if (refused.has(code)) return 'The plan assumes that the servers deploy this';
  if (misread.has(code)) return 'The plan follows what MI reads';
  if (workless.has(code)) return 'The plan leaves this as it is';
  return leftOut.has(code) ? 'The plan ignores a file' : undefined;
}
