import type { Diagnostic } from '@mi-patterns/inventory';
import type { TestReport } from '@mi-patterns/helm';

type Warned = TestReport['warnings'][number]['findings'][number];

/** What the chart says of a values file, as findings with their places in it. */
type Placed = (subject: string, warned: readonly Warned[]) => readonly Diagnostic[];

/**
 * A secret that the chart warns of in the values, and a rule finds in what is rendered, told once: as the error of the
 * rule, at the place in the values. The other warnings are as they were.
 */
export function secretsToldOnce(
  report: TestReport,
  placed: Placed,
): { readonly report: TestReport; readonly warnings: readonly Diagnostic[] } {
  const told = new Set<Warned>();
  const breachOf = (subject: string, breach: Diagnostic): Diagnostic => {
    if (breach.code !== 'MI-RULE-PLAIN-SECRET') return breach;
    const words = breach.message.split(/[\s(),]+/).map((word) => word.replace(/^data\./, ''));
    const warned = report.warnings.find((warnings) => warnings.subject === subject)?.findings ?? [];
    const same = warned.filter((one) => isInline(one) && words.some((word) => isSame(word, one)));
    for (const one of same) told.add(one);
    const [place] = placed(subject, same);
    return place?.source === undefined ? breach : { ...breach, source: place.source, hint: place.hint };
  };
  const rows = report.rows.map(({ outcome, ...row }) => ({
    ...row,
    outcome:
      outcome.state === 'failed'
        ? { ...outcome, diagnostics: outcome.diagnostics.map((breach) => breachOf(row.subject, breach)) }
        : outcome,
  }));
  const warnings = report.warnings.flatMap(({ subject, findings }) =>
    placed(
      subject,
      findings.filter((one) => !told.has(one)),
    ),
  );
  return { report: { ...report, rows }, warnings };
}

function isInline({ code }: Warned): boolean {
  return code === 'MI-VALUES-SECRET-INLINE';
}

/** Whether a word of a breach is what the warning is about: its name, or its path in the rendered object. */
function isSame(word: string, warned: Warned): boolean {
  if (word === nameOf(warned)) return true;
  const keys = warned.path.slice(/annotations$/i.test(warned.path.at(-2) ?? '') ? -1 : -3);
  const path = word.split(/[[\].]+/).filter((part) => part !== '');
  return keys.length > 0 && `.${path.join('.')}`.endsWith(`.${keys.join('.')}`);
}

/** What a rendered object calls the value that a warning is about: a setting or variable, or the key of a file. */
function nameOf({ path, sentence }: Warned): string {
  const quoted = /^`([^`]+)`/.exec(sentence)?.[1] ?? '';
  if (quoted === 'options' && path.includes('jvm')) return 'NODE_PARAMS';
  return quoted === 'text' ? (path.at(-2) ?? '').replaceAll('_', '_1').replaceAll('/', '__') : quoted;
}
