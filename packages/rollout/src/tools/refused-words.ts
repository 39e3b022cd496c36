/** What to do about words with which Kubernetes refuses an object, where they leave that open. The first that fits. */
const remedies: readonly { readonly when: RegExp; readonly remedy: (name: string) => string }[] = [
  {
    // apiserver pkg/admission/plugin/webhook: no verdict, and not a refusal.
    when: /failed calling webhook "([^"]{1,253})"/,
    remedy: (name) =>
      `Nothing is wrong with the values. Restore the service behind the admission webhook ${name}, or ask whoever runs it.`,
  },
  {
    when: /exceeded quota: ([^,\s]{1,253})/,
    remedy: (name) => `Raise ResourceQuota/${name}, or ask for less: resources and replicas in the values.`,
  },
  {
    when: /failed quota: ([^:\s]{1,253}): must specify/,
    remedy: (name) => `ResourceQuota/${name} wants these to be set: workloadDefaults.resources in the values.`,
  },
  {
    // plugin/pkg/admission/limitranger of kubernetes/kubernetes.
    when: /(?:maximum|minimum) \S{1,63} usage per|max limit to request ratio/,
    remedy: () => 'Change workloadDefaults.resources or the heap in the values, or the LimitRange of the namespace.',
  },
  {
    when: /violates PodSecurity "([^"]{1,63})"/,
    remedy: (name) =>
      `Take out of the values what ${name} forbids, or change the label pod-security.kubernetes.io/enforce of the namespace.`,
  },
  {
    when: /denied (?:the )?request/,
    remedy: () => 'Change the values so that the rule is met, or ask whoever made the rule.',
  },
  {
    when: /error looking up service account [^/\s]{1,63}\/([^:\s]{1,253})/,
    remedy: (name) => `Create ServiceAccount/${name}, or let the chart do it: serviceAccount.create in the values.`,
  },
  {
    when: /(?:secret|configmap) "([^"]{1,253})" not found/i,
    remedy: (name) => `Create ${name} in the namespace, or correct its name in the values.`,
  },
  {
    when: /couldn't find key \S{1,253} in (?:Secret|ConfigMap) [^/\s]{1,63}\/([a-z0-9.-]{1,253})/,
    remedy: (name) => `Add that key to ${name}, or correct the key in the values.`,
  },
];

/** What to do about the words of a refusal; undefined where they say it themselves. Pure. */
export function remedyFor(words: string): string | undefined {
  for (const { when, remedy } of remedies) {
    const found = when.exec(words);
    if (found !== null) return remedy(found[1] ?? '');
  }
  return undefined;
}
