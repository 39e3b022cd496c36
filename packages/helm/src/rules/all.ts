import { compareText, type Diagnostic } from '@mi-patterns/inventory';
import { finding } from '../findings/catalogue.ts';
import { displayName, type KubernetesObject } from '../objects/kubernetes-object.ts';
import { autoscaling } from './autoscaling.ts';
import { disruptionBudget } from './disruption-budget.ts';
import { duplicateKeys } from './duplicate-keys.ts';
import { gracePeriod } from './grace-period.ts';
import { imageTag } from './image-tag.ts';
import { names } from './names.ts';
import { podSecurity } from './pod-security.ts';
import type { Rule } from './rule.ts';
import { secretData } from './secret-data.ts';
import { selectors } from './selectors.ts';
import { servicePorts } from './service-ports.ts';
import { statefulOnce } from './stateful-once.ts';
import { statefulSingle } from './stateful-single.ts';
import { workloadType } from './workload-type.ts';

/** Our rules on the objects of a release, sorted by code. */
export const rules: readonly Rule[] = [
  disruptionBudget,
  duplicateKeys,
  gracePeriod,
  imageTag,
  names,
  secretData,
  podSecurity,
  autoscaling,
  selectors,
  servicePorts,
  statefulSingle,
  statefulOnce,
  workloadType,
];

/** Checks all rules on the objects of one release. Sorted by code, then message. Pure. */
export function checkRules(objects: readonly KubernetesObject[]): Diagnostic[] {
  return rules
    .flatMap((rule) =>
      rule
        .check(objects)
        .map(({ object, message, hint }) => finding(rule.code, `${displayName(object)}: ${message}`, hint)),
    )
    .sort((a, b) => compareText(a.code, b.code) || compareText(a.message, b.message));
}
