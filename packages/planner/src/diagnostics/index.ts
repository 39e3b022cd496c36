import type { PlanDiagnostic } from '../model/plan.ts';
import { archiveDiagnostics } from './archives.ts';
import type { PlanContext } from './context.ts';
import { circleDiagnostics } from './circles.ts';
import { contextClashes } from './contexts.ts';
import { crossingDiagnostics } from './crossing.ts';
import { databaseDiagnostics } from './database.ts';
import { entryPointDiagnostics } from './entry-points.ts';
import { fileDiagnostics } from './files.ts';
import { inputDiagnostics } from './inputs.ts';
import { droppedDiagnostics, listenerDiagnostics } from './listeners.ts';
import { manyWorkloads } from './many.ts';
import { memoryDiagnostics } from './memory.ts';
import { registryDiagnostics } from './registry.ts';
import { rivalDiagnostics } from './rivals.ts';
import { sameJndiNames, sameKeys, sameServices } from './same-keys.ts';
import { stateDiagnostics } from './states.ts';
import { storeDiagnostics } from './stores.ts';
import { unknownDiagnostics } from './unknown.ts';
import { versionDiagnostics } from './versions.ts';

/** All findings about a plan whose workloads are known, family by family, not sorted. */
export function diagnose(context: PlanContext): PlanDiagnostic[] {
  return [
    ...manyWorkloads(context),
    ...inputDiagnostics(context),
    ...contextClashes(context),
    ...sameKeys(context),
    ...sameJndiNames(context),
    ...sameServices(context),
    ...stateDiagnostics(context),
    ...storeDiagnostics(context),
    ...crossingDiagnostics(context),
    ...archiveDiagnostics(context),
    ...registryDiagnostics(context),
    ...memoryDiagnostics(context),
    ...fileDiagnostics(context),
    ...unknownDiagnostics(context),
    ...circleDiagnostics(context),
    ...rivalDiagnostics(context),
    ...entryPointDiagnostics(context),
    ...listenerDiagnostics(context),
    ...droppedDiagnostics(context),
    ...databaseDiagnostics(context),
    ...versionDiagnostics(context),
  ];
}
