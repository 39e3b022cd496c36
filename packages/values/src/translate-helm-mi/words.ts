/** Settings that were translated and behave differently here: the path, what is different, and what to do. */
export const differences: readonly (readonly [path: string, message: string, hint: string])[] = [
  [
    'wso2.deployment.resources.jvm.memory.xmx',
    'helm-mi writes the heap to JAVA_MEM_OPTS, which MI never reads; here it takes effect.',
    'Check that the size is the one you want.',
  ],
  ...['limits', 'requests'].map(
    (kind) =>
      [
        `wso2.deployment.resources.${kind}.memory`,
        'The memory of the container follows from the heap here; the figures of the file were left out.',
        'Set heap.max and heap.overhead; together they are what the container gets.',
      ] as const,
  ),
  [
    'wso2.deployment.mountCapps',
    'helm-mi named the claim after its release, which is not in the file.',
    'Replace RELEASE in artifacts.persistentVolumeClaim.claimName by the name of the release.',
  ],
  [
    'wso2.deployment.securityContext.apparmor',
    'The AppArmor profile is a field of the pod since Kubernetes 1.30.',
    'On an older cluster remove workloadDefaults.podSecurityContext.appArmorProfile.',
  ],
  [
    'wso2.deployment.securityContext.seccompProfile.type',
    'The pods have the seccomp profile RuntimeDefault always.',
    'Set workloadDefaults.podSecurityContext.seccompProfile for another.',
  ],
  [
    'wso2.deployment.securityContext.seccompProfile.enabled',
    'The pods have the seccomp profile RuntimeDefault always.',
    'Nothing needs to be done.',
  ],
];

/** Why a setting has no counterpart, as far as there is more to say. */
export function reasonOf(path: string): string {
  const reasons: readonly (readonly [RegExp, string])[] = [
    [/^(provider|aws|azure|gcp)\b/, ': here, secrets come from Kubernetes Secrets, however those are filled'],
    [/secureVault/, ': secrets come from Kubernetes Secrets here, not from a vault file'],
    [/subscription/, ': a pull secret is named, not made'],
    [/ratelimit/i, ': it belongs to the ingress controller or the gateway'],
    [/configMaps\.entryPoint/, ': the entry point of the image is used as it is'],
    [/BuildVersion/, ': it is no version of MI'],
    [/icp\.caCertSecretName/, ': the certificate is not imported into the trust store'],
  ];
  return reasons.find(([pattern]) => pattern.test(path))?.[1] ?? '';
}

/** What to do where a setting has no counterpart. */
export function hintOf(path: string): string {
  if (/subscription/.test(path))
    return 'Make a pull secret with kubectl create secret docker-registry and name it under image.pullSecrets.';
  if (/^(provider|aws|azure|gcp)\b|secureVault/.test(path))
    return 'Let the CSI driver or External Secrets fill a Secret, and refer to it under env or extraVolumes.';
  if (/BuildVersion/.test(path)) return 'Write the version of MI in the image under runtime.version.';
  return 'If it is needed, write it by hand: deploymentToml, extraVolumes, env and annotations take anything.';
}
