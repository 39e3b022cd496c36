import {
  type Artifact,
  compareDiagnostics,
  counted,
  type Diagnostic,
  type Inventory,
  isDeployed,
  isEntryPoint,
} from '@mi-patterns/inventory';
import {
  isIsolatedClass,
  judge,
  type PlanDiagnostic,
  referenceDiagnostics,
  type Verdict,
  type VerdictClass,
} from '@mi-patterns/planner';
import type { Context, GlobalOptions } from '../context/context.ts';
import { type ExitCode, exitCodeOf } from '../context/exit-codes.ts';
import { loadConfiguration, loadInventory } from '../inputs/load.ts';
import { countDiagnostics, explainLine, formatDiagnostics, formatSource } from '../output/diagnostics.ts';
import { formatImages } from '../output/images.ts';
import { printJson } from '../output/json.ts';
import { createStyle } from '../output/style.ts';
import { formatTable, wrap } from '../output/table.ts';
import { createView } from '../output/view.ts';

/** What a scan shows. */
interface Scanned {
  readonly inventory: Inventory;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly diagnostics: readonly Diagnostic[];
}

/** `mi-patterns scan PATH...`: the inventory, the verdict of each entry point, the findings. */
export async function scan(paths: readonly string[], options: GlobalOptions, context: Context): Promise<ExitCode> {
  const loaded = await loadConfiguration(options, context);
  const inventory = await loadInventory(paths, loaded, options, context);
  const verdicts = judge(inventory, loaded?.verdicts ?? new Map());
  const diagnostics = [...inventory.diagnostics, ...referenceDiagnostics(inventory).map(withoutArtifacts)].sort(
    compareDiagnostics,
  );
  const scanned = { inventory, verdicts, diagnostics };
  if (options.json) printJson(scanDocument(scanned), context.stdout);
  else context.stdout(scanText(scanned, options, context));
  return exitCodeOf(diagnostics);
}

/** The document of `scan --json`, described in docs/json-output.md. Artifacts come one by one, see `printJson`. */
function scanDocument({ inventory, verdicts, diagnostics }: Scanned): object {
  return {
    artifacts: scannedArtifacts(inventory, verdicts),
    references: inventory.references,
    applications: inventory.applications.map(({ id, type, name, version, source, runtimeVersion }) => ({
      id,
      type,
      name,
      version,
      source,
      runtimeVersion,
    })),
    images: inventory.images,
    diagnostics,
  };
}

function* scannedArtifacts(inventory: Inventory, verdicts: ReadonlyMap<string, Verdict>): Generator<object> {
  for (const artifact of inventory.artifacts) {
    const verdict = verdicts.get(artifact.id);
    const { id, kind, name, version, source, applications, duplicates } = artifact;
    yield {
      id,
      kind,
      name,
      version,
      source,
      applications,
      duplicates: duplicates.length > 0 ? duplicates : undefined,
      verdict,
    };
  }
}

/** The findings of a scan all have the same shape. */
function withoutArtifacts({ code, severity, message, hint, source }: PlanDiagnostic): Diagnostic {
  return { code, severity, message, hint, ...(source === undefined ? {} : { source }) };
}

function scanText({ inventory, verdicts, diagnostics }: Scanned, options: GlobalOptions, context: Context): string {
  const style = createStyle(context.colour);
  const judged = inventory.artifacts.flatMap((artifact) => {
    const verdict = verdicts.get(artifact.id);
    return verdict === undefined ? [] : [{ artifact, verdict }];
  });
  const deployed = judged.filter(({ artifact }) => isDeployed(inventory, artifact));
  const idle = judged.filter(({ artifact }) => !isDeployed(inventory, artifact));
  const lines = [
    ...formatImages(inventory.images ?? [], style),
    ...groups.flatMap(({ heading, classes }) => {
      const rows = deployed.filter(({ verdict }) => classes.includes(verdict.class));
      if (rows.length === 0) return [];
      const isFolded = classes.includes('stateless') && !options.verbose;
      return [
        style.bold(`${heading} (${rows.length})`),
        ...(isFolded ? namesOnly(rows, context) : verdictTable(rows, options, context)),
        '',
      ];
    }),
    ...(idle.length === 0
      ? []
      : [
          style.bold(`In no application that was read, so nothing deploys them (${idle.length})`),
          ...inLines(idle, '', context),
          '',
        ]),
    ...formatDiagnostics(diagnostics, createView(context, options)),
    ...(options.quiet ? [] : explainLine(diagnostics, style)),
    ...(diagnostics.length > 0 ? [''] : []),
    summary(inventory, deployed, diagnostics),
  ];
  return `${lines.join('\n')}\n`;
}

/** The order in which a reader needs them: what must not be scaled first. */
const groups: readonly { readonly heading: string; readonly classes: readonly VerdictClass[] }[] = [
  { heading: 'Must run in one place only', classes: ['isolate', 'broker-safe', 'opaque'] },
  { heading: 'Keep state in a pod: scale with care', classes: ['affinity', 'pod-local'] },
  { heading: 'Can run in any number of pods', classes: ['stateless'] },
];

type Judged = { readonly artifact: Artifact; readonly verdict: Verdict };

/** Rows shown before the rest becomes a number. */
const shownRows = 40;

function verdictTable(rows: readonly Judged[], options: GlobalOptions, context: Context): string[] {
  const style = createStyle(context.colour);
  const { links } = createView(context, options);
  const shown = options.verbose ? rows : rows.slice(0, shownRows);
  return [
    ...formatTable(
      shown.map(({ artifact, verdict }) => [
        { text: artifact.id, style: style.cyan },
        { text: verdict.class, style: isIsolatedClass(verdict.class) ? style.yellow : style.green },
        {
          text: verdict.because,
          below: {
            text: formatSource(verdict.evidence),
            style: (text) => links.place(style.dim(text), verdict.evidence),
          },
        },
      ]),
      context.columns,
      '  ',
    ),
    ...(rows.length > shown.length ? [`  and ${rows.length - shown.length} more (--verbose lists them)`] : []),
  ];
}

/** What needs no attention: its names in a few lines, the reasons with `--verbose`. */
function namesOnly(rows: readonly Judged[], context: Context): string[] {
  return inLines(rows, ' (--verbose says why)', context);
}

/** The first ids, and how many more there are. */
function inLines(rows: readonly Judged[], end: string, context: Context): string[] {
  const shown = rows.slice(0, 12).map(({ artifact }) => artifact.id);
  const rest = rows.length - shown.length;
  const text = `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}${end}`;
  return wrap(text, (context.columns ?? 120) - 2).map((line) => `  ${line}`);
}

function summary(inventory: Inventory, judged: readonly Judged[], diagnostics: readonly Diagnostic[]): string {
  const entryPoints = judged.filter(({ artifact }) => isEntryPoint(artifact)).length;
  const isolated = judged.filter(({ verdict }) => isIsolatedClass(verdict.class)).length;
  const states = (['missing', 'dynamic'] as const).map(
    (state) => [inventory.references.filter((reference) => reference.state === state).length, state] as const,
  );
  return [
    `${counted(inventory.artifacts.length, 'artifact')}, ${counted(entryPoints, 'entry point')}, ${isolated} stateful`,
    [
      counted(inventory.references.length, 'reference'),
      ...states.filter(([number]) => number > 0).map(([number, state]) => `${number} ${state}`),
    ].join(', '),
    countDiagnostics(diagnostics),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
