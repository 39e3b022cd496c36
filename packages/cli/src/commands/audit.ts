import {
  auditCluster,
  type AuditPlace,
  type ImageReader,
  readCluster,
  serversByManagementApi,
} from '@mi-patterns/audit';
import { isInputError, readInventory } from '@mi-patterns/inventory';
import { contextDefaults } from '@mi-patterns/rollout';
import type { Context, GlobalOptions } from '../context/context.ts';
import { type ExitCode, exitCodeOf } from '../context/exit-codes.ts';
import { wrongUse } from '../context/failure.ts';
import { imageFiles } from '../inputs/image-files.ts';
import { imageClient } from '../inputs/load.ts';
import { auditText } from '../output/audit.ts';
import { createProgress } from '../output/progress.ts';
import { isRegistryFailure } from '@mi-patterns/delivery';
import { managementLogin } from '../rollout/login.ts';
import { commandTools } from '../rollout/place.ts';
import { writeNamed } from '../output/named-outputs.ts';
import { printJson } from '../output/json.ts';

type AuditOptions = GlobalOptions & {
  readonly context?: string;
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly image?: readonly string[];
  readonly by?: 'images' | 'management-api';
  readonly report?: string;
};

/**
 * `mi-patterns audit`: what runs in several pods of a cluster now, and would later. Exit code 1 when something does
 * now, or when nothing could be checked.
 */
export async function auditCommand(
  _operands: readonly string[],
  options: AuditOptions,
  context: Context,
): Promise<ExitCode> {
  if (options.allNamespaces === true && options.namespace !== undefined)
    throw wrongUse('--namespace and --all-namespaces exclude each other.', 'Pass only one of them.');
  const files = imageFiles(options.image ?? []);
  const login = options.by === 'management-api' ? managementLogin(context) : undefined;
  const place = await placeOf(options, context);
  const progress = createProgress(context, options);
  try {
    progress.step('Reading workloads');
    const snapshot = await readCluster(place);
    const audit = await auditCluster(
      snapshot,
      imageReader(files, options, context, (image) => progress.step(`Reading ${image}`)),
      {
        asWritten: (image) => files.has(image),
        ...(options.by === 'management-api' ? { askServers: serversByManagementApi(place.context, login) } : {}),
      },
    );
    progress.done();
    const where = { context: place.context, namespace: place.namespace };
    const { auditToHtml } = await import('../report/audit.ts');
    const { report: file } = options;
    const text = (): string => auditToHtml(audit, where);
    const isPrinted = await writeNamed(
      file === undefined ? [] : [{ option: '--report', file, text }],
      options,
      context,
    );
    if (options.json)
      printJson({ ...where, ...audit, diagnostics: audit.findings, findings: undefined }, context.stdout);
    else if (!isPrinted) context.stdout(auditText(audit, where, options, context));
    return exitCodeOf(audit.findings);
  } finally {
    progress.done();
  }
}

async function placeOf(options: AuditOptions, context: Context): Promise<AuditPlace> {
  const tools = commandTools(options, context);
  const defaults = await contextDefaults(options.context, tools);
  const namespace = options.allNamespaces === true ? undefined : (options.namespace ?? defaults.namespace);
  return { context: defaults.context, namespace, tools };
}

/** Images that cannot be read are told in the audit; the rest of the cluster is still judged. */
function imageReader(
  files: ReadonlyMap<string, string>,
  options: AuditOptions,
  context: Context,
  onImage: (image: string) => void,
): ImageReader {
  return async (reference) => {
    onImage(reference);
    const path = files.get(reference) ?? `oci:${reference}`;
    try {
      const openRegistryImage = await imageClient([path], options, context);
      return { inventory: await readInventory([path], { cwd: context.cwd, openRegistryImage }) };
    } catch (error) {
      if (!isInputError(error) && !isRegistryFailure(error)) throw error;
      const [first] = error.diagnostics;
      if (first?.code === 'MI-INPUT-EMPTY') return { problem: 'it contains nothing of Micro Integrator' };
      return { problem: (first?.message ?? error.message).replace(/\.$/, '') };
    }
  };
}
