import { isToolFailure } from '@mi-patterns/helm';
import { releaseStatus, type ReleaseStatus, type RolloutRecord, targetOf } from '@mi-patterns/rollout';
import { type Environment, environmentsOf } from '@mi-patterns/values';
import { counted, type Diagnostic, type DiagnosticCode, printable } from '@mi-patterns/inventory';
import type { Context } from '../context/context.ts';
import { type ExitCode, exitCodes } from '../context/exit-codes.ts';
import { formatDiagnostics } from '../output/diagnostics.ts';
import { createErrorView } from '../output/view.ts';
import { createStyle, type Style } from '../output/style.ts';
import { firstLines, formatTable } from '../output/table.ts';
import { chosenEnvironment, clusterConfiguration, commandTools, type EnvironmentOptions } from '../rollout/place.ts';
import { printJson } from '../output/json.ts';

interface Row {
  readonly environment: Environment;
  readonly answer:
    | { readonly state: 'known'; readonly namespace: string; readonly context: string; readonly status: ReleaseStatus }
    | {
        readonly state: 'unreachable';
        readonly because: string;
        readonly code: DiagnosticCode;
        /** What to do next. */
        readonly hint: string;
      };
}

/** `mi-patterns status`: one table of all environments, or of one. Exit code 3 when a cluster could not be asked. */
export async function statusCommand(
  _operands: readonly string[],
  options: EnvironmentOptions,
  context: Context,
): Promise<ExitCode> {
  const loaded = await clusterConfiguration(options, context);
  const environments =
    options.env === undefined ? environmentsOf(loaded.configuration) : [chosenEnvironment(loaded, options.env)];
  const tools = commandTools(options, context);
  const rows = await Promise.all(
    environments.map(async (environment): Promise<Row> => {
      try {
        const target = await targetOf(environment, tools);
        return {
          environment,
          answer: {
            state: 'known',
            namespace: target.namespace,
            context: target.context,
            status: await releaseStatus(target, environment.timeout),
          },
        };
      } catch (error) {
        if (!isToolFailure(error) || error.code === 'MI-TOOL-MISSING') throw error;
        return {
          environment,
          answer: {
            state: 'unreachable',
            because: error.stderr.split('\n').at(-1) || error.message,
            code: error.code,
            hint: error.hint,
          },
        };
      }
    }),
  );
  if (options.json) printJson({ environments: rows.map(document) }, context.stdout);
  else context.stdout(`${text(rows, createStyle(context.colour), context, options.verbose).join('\n')}\n`);
  const failures = rows.flatMap(failureOf);
  if (failures.length === 0) return exitCodes.fine;
  if (!options.json) context.stderr(`${formatDiagnostics(failures, createErrorView(context, options)).join('\n')}\n`);
  return exitCodes.tool;
}

/** Why the cluster of an environment could not be asked. */
function failureOf({ environment, answer }: Row): Diagnostic[] {
  if (answer.state !== 'unreachable') return [];
  const { code, because, hint } = answer;
  return [{ code, severity: 'error', message: `${environment.name}: ${because}`, hint }];
}

function document({ environment, answer }: Row): object {
  const { state, ...rest } = answer;
  return {
    name: environment.name,
    release: environment.release,
    state,
    ...('status' in rest ? { namespace: rest.namespace, context: rest.context, ...rest.status } : rest),
  };
}

function text(rows: readonly Row[], style: Style, context: Context, verbose: boolean): string[] {
  const head = ['ENVIRONMENT', 'PATTERN', 'WORKLOADS', 'PODS', 'CHART', 'IMAGE', 'LAST ROLLOUT', 'DRIFT'].map(
    (name) => ({ text: name, style: style.dim }),
  );
  const body = rows.map(({ environment, answer }) => {
    if (answer.state === 'unreachable')
      return [environment.name, { text: 'unreachable', style: style.red }, '', '', '', '', '', ''];
    const { status } = answer;
    if (status.revision === undefined) return [environment.name, '-', '-', '-', '-', '-', 'not installed', '-'];
    const whole = status.pods.ready === status.pods.wanted;
    return [
      environment.name,
      printable(status.pattern ?? '?'),
      String(status.workloads),
      { text: `${status.pods.ready}/${status.pods.wanted}`, style: whole ? style.green : style.red },
      printable((status.chart ?? '').replace(/^micro-integrator-/, '')),
      printable(status.images.map(shortImage).join(', ')),
      printable(lastRollout(status)),
      driftText(status),
    ];
  });
  const notes = rows.flatMap(({ environment, answer }) =>
    answer.state === 'unreachable' ? [] : notesOf(environment.name, answer.status, style, verbose),
  );
  return [...formatTable([head, ...body], context.columns), ...(notes.length === 0 ? [] : ['', ...notes])];
}

/** Without registry and folder, a digest cut to what tells images apart. */
function shortImage(image: string): string {
  return (image.split('/').pop() ?? image).replace(/(@sha\d+:[0-9a-f]{12})[0-9a-f]+$/, '$1');
}

function lastRollout({ revision, last, readiness }: ReleaseStatus): string {
  if (readiness.state === 'stuck' || readiness.state === 'busy')
    return `revision ${readiness.pending.revision} ${readiness.pending.state}`;
  if (last === undefined) return `revision ${revision?.revision}, by hand`;
  const restored = last.restores === undefined ? '' : ` (rolled back to ${last.restores})`;
  const what = last.state === 'rolled-back' ? ' (failed, rolled back)' : restored;
  return `${last.at.slice(0, 16).replace('T', ' ')} ${last.by}${what}${revision?.revision === last.revision ? '' : `, then revision ${revision?.revision} by hand`}`;
}

function driftText({ drift, driftUnknown }: ReleaseStatus): string {
  const seen = drift.length === 0 ? [] : [counted(drift.length, 'object')];
  const unknown = driftUnknown.length === 0 ? [] : [`${seen.length === 0 ? '' : `${driftUnknown.length} `}unknown`];
  return [...seen, ...unknown].join(', ') || 'none';
}

/** Most lines about pods of an environment; a fault in an image is the same in all of them. */
const mostTroubles = 5;

function notesOf(name: string, status: ReleaseStatus, style: Style, verbose: boolean): string[] {
  const record: RolloutRecord | undefined = status.running;
  return [
    ...(status.lockedBy === undefined
      ? []
      : [printable(`${name}: a rollout by ${status.lockedBy.holder} has been running since ${status.lockedBy.since}`)]),
    ...(status.readiness.state === 'busy' && status.lockedBy === undefined
      ? [`${name}: another helm works on revision ${status.readiness.pending.revision}; wait until it has ended`]
      : []),
    ...(status.readiness.state === 'stuck'
      ? [style.yellow(`${name}: a rollout was interrupted or failed; run it again, and it first restores the release`)]
      : []),
    ...firstLines(status.troubles, verbose ? Infinity : mostTroubles).map((trouble) =>
      style.red(printable(`${name}: ${trouble}`)),
    ),
    ...status.drift.flatMap(({ object, action, fields }) =>
      action === 'delete'
        ? [style.yellow(printable(`${name}: ${object} is gone`))]
        : fields
            .slice(0, verbose ? undefined : 3)
            .map(({ path, before, after, lines }) =>
              style.yellow(
                printable(
                  `${name}: ${object} ${path}${lines === undefined ? `: ${JSON.stringify(before)} → ${JSON.stringify(after)}` : ' differs'}`,
                ),
              ),
            ),
    ),
    ...status.driftUnknown
      .slice(0, verbose ? undefined : 3)
      .map((because) => style.yellow(printable(`${name}: drift unknown. ${because}`))),
    ...(verbose && record !== undefined
      ? [
          printable(
            `${name}: chart ${record.chartDigest}, image ${record.imageDigest ?? record.image}, plan ${record.planDigest}, values ${record.valuesDigest}`,
          ),
        ]
      : []),
  ];
}
