import type { Values } from '../mapping/merge.ts';
import type { Settings } from './settings.ts';

// Defaults of helm-mi (mi/values.yaml) that its templates need for what a file asks for.
const defaultKeyStore = 'wso2carbon.jks';
const defaultTrustStore = 'client-truststore.jks';

/**
 * Each store of the Secret over the one in the image, as helm-mi mounts them (mi/templates/mi-deployment.yaml).
 *
 * @param version of MI: the folder of the key stores has it in its name.
 */
export function keystoreVolumes(settings: Settings, version: string | undefined): Values {
  const secret = settings.text('wso2.deployment.JKSSecretName');
  if (secret === undefined || version === undefined) return {};
  const files = [
    settings.text('wso2.config.keyStore.primary.fileName') ?? defaultKeyStore,
    settings.text('wso2.config.keyStore.internal.fileName') ?? defaultKeyStore,
    settings.text('wso2.config.trustStore.primary.fileName') ?? defaultTrustStore,
  ];
  const mounts = [...new Set(files)].map((file) => [
    `/home/wso2carbon/wso2mi-${version}/repository/resources/security/${file}`,
    { name: 'keystores', subPath: file, readOnly: true },
  ]);
  return {
    extraVolumes: { keystores: { secret: { secretName: secret } } },
    extraVolumeMounts: Object.fromEntries(mounts) as Values,
  };
}
