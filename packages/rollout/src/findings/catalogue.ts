import { type CodeEntry, describedCode as entry, findingMaker } from '@mi-patterns/inventory';

/** Codes of rollouts, rollbacks and promotions. Permanent: never reuse one, never change what one means. */
export const rolloutCatalogue = {
  'MI-ROLLOUT-BUSY': entry(
    'error',
    'Another rollout is running',
    'Only one rollout of a release can run at a time, and none while another helm works on the release.',
    'Wait until it has ended. The lock of a killed rollout expires after a minute; another helm that was killed counts as gone after the timeout of the environment, or after five minutes if that is longer.',
  ),
  'MI-ROLLOUT-LOCK-LOST': entry(
    'error',
    'Lock lost',
    'The rollout could not renew its lock in time, and another may have started. The message says which workloads were scaled to 0.',
    'Check the cluster, then run the rollout again: it continues from the current state of the release.',
  ),
  'MI-ROLLOUT-GITOPS': entry(
    'warning',
    'Argo CD or Flux deploys the release',
    'It keeps the objects of this release, or of one in `takeOver`, as git says. So it would start again what the rollout ends, while the same artifact starts elsewhere. `rollout` takes it for an error.',
    'Commit the generated files instead. If that controller has been told to leave the release alone, use `--accept MI-ROLLOUT-GITOPS`.',
  ),
  'MI-ROLLOUT-RUNS-ELSEWHERE': entry(
    'error',
    'Another release runs the same artifact',
    'A workload of another release in the same namespace runs a stateful artifact that this release would run too, and no guards or shared database let only one of them work. Both would do its work. A workload or pod that another chart, kubectl or Argo CD has made counts until its pods are gone if it has an image of the same repository, and neither server roles nor archives from a volume. It does not count if the tags name two applications, as orders-1.2.0 and billing-2.0.0 do.',
    'If this release replaces the other one, list that in `takeOver` of the environment, or remove it first. If they are different artifacts, with the same name or in an image with another tag, use `--accept MI-ROLLOUT-RUNS-ELSEWHERE`.',
  ),
  'MI-ROLLOUT-REPLICA-SETS': entry(
    'error',
    'No right to see ReplicaSets',
    'helm learns from ReplicaSets that the pods of a Deployment are ready. With an account that may not list them, it waits until the timeout, with all pods ready, and then rolls back.',
    'Ask for the role `edit` in the namespace, or for get and list of replicasets in the group apps.',
  ),
  'MI-ROLLOUT-RIGHTS': entry(
    'error',
    'No right to write revisions',
    'helm keeps each revision in a Secret. With an account that may not create and update Secrets it fails, and cannot go back either, which would leave workloads at 0 pods.',
    'Ask for the role `edit` in the namespace, or for create and update of secrets.',
  ),
  'MI-ROLLOUT-SERVER-ELSEWHERE': entry(
    'warning',
    'Another Micro Integrator in the namespace',
    'The first rollout of a release found a workload in the namespace that runs Micro Integrator and that this chart has not made. It is not known what it runs. If it is what this release replaces, what must run once runs twice.',
    'If this release replaces it, list its release in `takeOver`, or scale it to 0 first. Otherwise there is nothing to do.',
  ),
  'MI-ROLLOUT-SAME-IMAGE': entry(
    'warning',
    'Other artifacts, same image',
    'The artifacts are not those of the last rollout, but the image still has the same name. If it was pushed again under its tag, no object changes, and running pods keep the old image.',
    'Push the image under a new tag, and name it in mi-patterns.yaml. After an update of mi-patterns, which may read the same artifacts differently, there is nothing to do.',
  ),
  'MI-ROLLOUT-CANCELLED': entry(
    'error',
    'Cancelled',
    'Ctrl-C or a signal ended the rollout. The message says whether anything of the release was changed, which state it is in, and which workloads were scaled to 0.',
    'Run it again: it continues from the current state of the release, or restores it first.',
  ),
  'MI-ROLLOUT-MOVED-ON': entry(
    'error',
    'Another rollout came first',
    'Another helm changed the release after this command had looked at it: while it asked whether to go on, or at the moment of its own change. With `--only`: after its values were made.',
    'Wait until that helm has ended, then run the command again.',
  ),
  'MI-ROLLOUT-BY-HAND': entry(
    'warning',
    'A way back by helm alone ran something twice',
    'Somebody called `helm rollback`, or a `helm upgrade` that goes back when it fails, and a stateful artifact moved with it. helm starts the workload that comes back before it ends the one that goes, and no chart can prevent that: a rollback renders nothing.',
    'Check what was done twice at that time. Go back with `mi-patterns rollback`, or upgrade to the older values: the chart refuses an upgrade that would run something twice.',
  ),
  'MI-ROLLOUT-NOT-CONFIRMED': entry(
    'error',
    'Not confirmed',
    'Nothing was rolled out or back. If the release was restored from an interrupted rollout before, it stays restored.',
    'Answer yes, or use `--yes` in scripts.',
  ),
  'MI-ROLLOUT-STUCK': entry(
    'error',
    'Release is pending',
    'An earlier rollout was interrupted; its changes must be reverted first.',
    'Run it again with `--yes`, or answer yes.',
  ),
  'MI-ROLLOUT-DRAIN': entry(
    'error',
    'An old pod does not end',
    'It may still be working, so no pod that would do the same work was started.',
    'Make sure that the node is off or the server has ended, then run the command again.',
  ),
  'MI-ROLLOUT-TAKE-OVER': entry(
    'error',
    'Old release not taken over',
    'Pods of a release listed in `takeOver` did not end, or did not start again, within the timeout. Or the list names the release itself, one that does not run Micro Integrator, or, at the first rollout, one that does not exist.',
    'The message says what did not happen. Run the command again: it continues from the current state of both releases.',
  ),
  'MI-ROLLOUT-KEDA': entry(
    'error',
    'KEDA would start ended pods again',
    'A ScaledObject of KEDA scales a workload whose pods this rollout or rollback ends, because another one does its work. KEDA raises a workload from 0 pods, so both would work. Where the account may not list ScaledObjects, those count that the release has made, and a warning says that there may be others.',
    'Pause the ScaledObject first, as the message says.',
  ),
  'MI-ROLLOUT-VERIFY': entry(
    'error',
    'Release is not healthy',
    'Not all workloads are ready, or a stateful artifact does not run exactly once.',
    'The evidence says why; `mi-patterns status` shows the pods.',
  ),
  'MI-ROLLOUT-FAILED': entry(
    'error',
    'Rollout failed',
    'The message says whether the release was restored to its previous state.',
    'The evidence holds events, pod states and the last log lines.',
  ),
  'MI-ROLLBACK-NOTHING': entry(
    'error',
    'Nothing to roll back to',
    'No earlier successful rollout is recorded.',
    'Roll out an older commit instead.',
  ),
  'MI-ROLLBACK-GONE': entry(
    'error',
    'Revision no longer kept',
    'helm no longer keeps the revision of the last good rollout.',
    'Roll out the commit of that revision instead.',
  ),
  'MI-ROLLBACK-FAILED': entry(
    'error',
    'Rolled back, but not healthy',
    'After the rollback, not all workloads are ready, or a stateful artifact does not run exactly once.',
    'The evidence holds events, pod states and the last log lines.',
  ),
  'MI-PROMOTE-NOTHING': entry(
    'error',
    'Nothing to promote',
    'No rollout to the source environment is recorded.',
    'Roll out to it first.',
  ),
  'MI-PROMOTE-CHANGED': entry(
    'error',
    'The source environment has changed',
    'The source environment does not run its last successful rollout.',
    'Roll out to it again, then promote.',
  ),
  'MI-PROMOTE-PARTIAL': entry(
    'error',
    'Rollout of one workload only',
    'The workloads of the source environment come from two different plans.',
    'Roll out all workloads, then promote.',
  ),
  'MI-PROMOTE-DIFFERENT': entry(
    'error',
    'Different artifacts',
    'The local artifacts differ from those that the source environment runs, or another version of mi-patterns has read them.',
    'Check out the commit that was rolled out there, and roll it out there again: if nothing changes, no pod restarts.',
  ),
  'MI-PROMOTE-NO-DIGEST': entry(
    'error',
    'Image without a digest',
    'The nodes report no image digest, so the image cannot be identified exactly.',
    'Push it to a registry and roll out from there, or set `image.digest`.',
  ),
  'MI-PROMOTE-CHART': entry(
    'error',
    'Different chart',
    'The local chart differs from the one that the source environment runs.',
    'Use the chart of that version.',
  ),
  'MI-PROMOTE-OVERRIDDEN': entry(
    'error',
    'Digest set by a values file',
    'A values file sets an `image.digest` that the source environment does not run.',
    'Remove `image.digest` from the values files.',
  ),
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type RolloutCode = keyof typeof rolloutCatalogue;

/** A finding of this package. */
export const finding = findingMaker(rolloutCatalogue);

declare module '@mi-patterns/inventory' {
  // oxlint-disable-next-line typescript/no-empty-object-type -- adds the codes above
  interface DiagnosticCodes extends Readonly<Record<keyof typeof rolloutCatalogue, true>> {}
}
