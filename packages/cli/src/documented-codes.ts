import { auditCatalogue } from '@mi-patterns/audit';
import { packingCatalogue } from '@mi-patterns/delivery';
import { helmCatalogue } from '@mi-patterns/helm';
import { inventoryCatalogue, type Severity } from '@mi-patterns/inventory';
import { deliveryCatalogue, plannerCatalogue } from '@mi-patterns/planner';
import { rolloutCatalogue } from '@mi-patterns/rollout';
import { catalogue as valuesCatalogue } from '@mi-patterns/values';
import { commandCatalogue } from './catalogue.ts';

/** What the reference says about one code. */
export interface DocumentedCode {
  readonly code: string;
  /** The severity it usually has. */
  readonly severity: Severity;
  readonly title: string;
  readonly meaning: string;
  /** What to do. */
  readonly fix: string;
}

/** Every code of every package, sorted. Throws an Error when two packages use one code. */
export function documentedCodes(): readonly DocumentedCode[] {
  const planner = Object.fromEntries(
    Object.entries({ ...plannerCatalogue, ...deliveryCatalogue }).map(([code, { whatToDo, ...entry }]) => [
      code,
      { ...entry, fix: whatToDo },
    ]),
  );
  const seen = new Map<string, DocumentedCode>();
  for (const catalogue of [
    inventoryCatalogue,
    planner,
    valuesCatalogue,
    packingCatalogue,
    helmCatalogue,
    rolloutCatalogue,
    auditCatalogue,
    commandCatalogue,
  ] as const) {
    for (const [code, { severity, title, meaning, fix }] of Object.entries(catalogue)) {
      if (seen.has(code)) throw new Error(`${code} is in the catalogues of two packages.`);
      seen.set(code, { code, severity, title, meaning, fix });
    }
  }
  return [...seen.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}
