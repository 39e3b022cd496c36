import { auditCatalogue } from '@mi-patterns/audit';
import { deliveryCatalogue } from '@mi-patterns/delivery';
import { helmCatalogue } from '@mi-patterns/helm';
import { type CodeEntry, inventoryCatalogue } from '@mi-patterns/inventory';
import { plannerCatalogue, workloadCatalogue } from '@mi-patterns/planner';
import { rolloutCatalogue } from '@mi-patterns/rollout';
import { catalogue as valuesCatalogue } from '@mi-patterns/values';
import { commandCatalogue } from './catalogue.ts';

/** What the reference says about one code. */
export interface DocumentedCode extends CodeEntry {
  readonly code: string;
}

/** Every code of every package, sorted. Throws an Error when two packages use one code. */
export function documentedCodes(): readonly DocumentedCode[] {
  const seen = new Map<string, DocumentedCode>();
  for (const catalogue of [
    inventoryCatalogue,
    plannerCatalogue,
    workloadCatalogue,
    valuesCatalogue,
    deliveryCatalogue,
    helmCatalogue,
    rolloutCatalogue,
    auditCatalogue,
    commandCatalogue,
  ]) {
    for (const [code, { severity, title, meaning, fix }] of Object.entries(catalogue)) {
      if (seen.has(code)) throw new Error(`${code} is in the catalogues of two packages.`);
      seen.set(code, { code, severity, title, meaning, fix });
    }
  }
  return [...seen.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}
