/** The path of a setting that was translated and behaves differently here, what is different, and what to do. */
export type Difference = readonly [path: string, message: string, hint: string];

/** What is always different where the setting is given. */
export const differences: readonly Difference[] = [
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
    'Replace RELEASE in artifacts.persistentVolumeClaim.claimName by the name of the release. helm uninstall of that release deletes the claim, so copy the archives to a claim of your own before.',
  ],
  ...['dashboard', 'icp'].map((name): Difference => [
    `wso2.config.${name}.url`,
    "Without groupId, helm-mi names the servers' group in the dashboard after its release; here it has MI's own name, default.",
    'Set deploymentToml.dashboard_config.group_id if the file has no groupId.',
  ]),
  [
    'wso2.deployment.securityContext.apparmor',
    'The AppArmor profile is a field of the pod since Kubernetes 1.30.',
    'On an older cluster remove workloadDefaults.podSecurityContext.appArmorProfile.',
  ],
  [
    'wso2.deployment.securityContext.seccompProfile',
    'The pods have the seccomp profile RuntimeDefault always.',
    'Set workloadDefaults.podSecurityContext.seccompProfile for another.',
  ],
];

/** Why a setting has no counterpart, as far as there is more to say. */
export function reasonOf(path: string): string {
  const reasons: readonly (readonly [RegExp, string])[] = [
    [/^(aws|gcp)\.storage\b/, ': a claim is named, not made'],
    [/^(provider|aws|azure|gcp)\b/, ': here, secrets come from Kubernetes Secrets, however those are filled'],
    [/secureVault/, ': secrets come from Kubernetes Secrets here, not from a vault file'],
    [/subscription/, ': a pull secret is named, not made'],
    [/ratelimit/i, ': it belongs to the ingress controller or the gateway'],
    [/configMaps\.entryPoint/, ': the entry point of the image is used as it is'],
    [/BuildVersion/, ': it is no version of MI'],
    [/icp\.caCertSecretName/, ': it needs to know the trust store'],
  ];
  return reasons.find(([pattern]) => pattern.test(path))?.[1] ?? '';
}

/** What to do where a setting has no counterpart. */
export function hintOf(path: string): string {
  if (/subscription/.test(path))
    return 'Make a pull secret with kubectl create secret docker-registry and name it under image.pullSecrets.';
  if (/^(aws|gcp)\.storage\b/.test(path))
    return 'If the archives are on a volume, name its claim under artifacts.persistentVolumeClaim.';
  if (/icp\.caCertSecretName/.test(path))
    return 'Name the certificate under trustedCertificates, and the trust store of the Secret under keystores.truststore instead of extraVolumeMounts.';
  if (/^(provider|aws|azure|gcp)\b|secureVault/.test(path))
    return 'Let the CSI driver or External Secrets fill a Secret, and refer to it under env or extraVolumes.';
  if (/BuildVersion/.test(path)) return 'Write the version of MI in the image under runtime.version.';
  return 'If it is needed, write it by hand: deploymentToml, extraVolumes, env and annotations take anything.';
}
