import { isMapping, type Values } from '../mapping/merge.ts';
import { isEmpty, type Settings } from './settings.ts';

/** Passwords are not copied: each becomes an environment variable that a Secret fills. */
export type Secret = (path: string, variable: string) => string | undefined;

/**
 * The keys of `deployment.toml` that wso2/helm-mi (aa0a13e and the branches 4.2.x to 4.5.x, mi/confs/deployment.toml)
 * writes for its settings. Its template leaves out what is empty, zero or false, and so does this.
 */
export function deploymentToml(settings: Settings, secret: Secret): Values {
  const config = 'wso2.config';
  return withoutEmpty({
    server: {
      hostname: settings.text('wso2.deployment.hostname'),
      offset: offsetOf(settings.given(`${config}.portOffset`)),
    },
    ...fileUserStore(settings),
    user_store: userStore(settings, secret),
    super_admin: superAdmin(settings, secret),
    keystore: {
      primary: keystore(settings, secret, `${config}.keyStore.primary`, 'MI_KEYSTORE'),
      internal: keystore(settings, secret, `${config}.keyStore.internal`, 'MI_INTERNAL_KEYSTORE'),
    },
    truststore: {
      file_name: storePath(settings.text(`${config}.trustStore.primary.fileName`)),
      password: secret(`${config}.trustStore.primary.password`, 'MI_TRUSTSTORE_PASSWORD'),
    },
    icp_config: controlPlane(settings, secret),
    dashboard_config: dashboard(settings),
    service_catalog: serviceCatalog(settings, secret),
    synapse_properties: settings.mapping(`${config}.synapseProperties`),
    mediation: mediation(settings),
    opentelemetry: snakeKeys(settings.mapping(`${config}.opentelemetry`)),
    analytics: analytics(settings),
    synapse_handlers: entries(settings, `${config}.synapseHandlers`, ['name', 'class']).map(
      ({ name, class: className }) => ({ name, class: className }),
    ),
    ...messageHandling(settings, 'messageFormatters', 'message_formatters'),
    ...messageHandling(settings, 'messageBuilders', 'message_builders'),
    blocking: {
      message_formatters: snakeKeys(settings.mapping(`${config}.messageFormatters.blocking`)),
      message_builders: snakeKeys(settings.mapping(`${config}.messageBuilders.blocking`)),
      custom_message_formatters: custom(settings, 'messageFormatters', 'blocking'),
      custom_message_builders: custom(settings, 'messageBuilders', 'blocking'),
    },
    transport: transports(settings, secret),
    management_api: managementApi(settings),
    external_vault: vault(settings, secret),
  }) as Values;
}

/** The chart knows 10, MI's own, by itself. */
function offsetOf(value: unknown): unknown {
  return value === 10 || value === '10' ? undefined : value;
}

function fileUserStore(settings: Settings): Values {
  const enabled = settings.take('wso2.config.userstore.file.enabled');
  return enabled === false ? { internal_apis: { file_user_store: { enable: new Kept(false) } } } : {};
}

/** A value that is written although it is false. */
class Kept {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** helm-mi reads `userstore` to decide and `userStore` for the settings of LDAP; both spellings are taken. */
function userStore(settings: Settings, secret: Secret): Values {
  const config = 'wso2.config';
  const url = settings.text(`${config}.userstore.rdbms.url`);
  if (url !== undefined)
    return { type: 'database', class: 'org.wso2.micro.integrator.security.user.core.jdbc.JDBCUserStoreManager' };
  const place = isEmpty(settings.mapping(`${config}.userStore.ldap`))
    ? `${config}.userstore.ldap`
    : `${config}.userStore.ldap`;
  const { connectionPassword: _password, ...ldap } = settings.mapping(place);
  if (isEmpty(ldap['connectionUrl'])) return {};
  return { ...snakeKeys(ldap), connection_password: secret(`${place}.connectionPassword`, 'MI_LDAP_PASSWORD') };
}

function superAdmin(settings: Settings, secret: Secret): Values {
  const [username, create] = [
    settings.text('wso2.config.admin.username'),
    settings.given('wso2.config.admin.createAdminAccount'),
  ];
  const password = secret('wso2.config.admin.password', 'MI_ADMIN_PASSWORD');
  return password === undefined && create === undefined && (username ?? 'admin') === 'admin'
    ? {}
    : { username, create_admin_account: new Kept(create ?? false), password };
}

function keystore(settings: Settings, secret: Secret, path: string, variable: string): Values {
  return {
    file_name: storePath(settings.text(`${path}.fileName`)),
    alias: settings.text(`${path}.alias`),
    password: secret(`${path}.password`, `${variable}_PASSWORD`),
    key_password: secret(`${path}.keyPassword`, `${variable}_KEY_PASSWORD`),
  };
}

function storePath(file: string | undefined): string | undefined {
  return file === undefined ? undefined : `repository/resources/security/${file}`;
}

function controlPlane(settings: Settings, secret: Secret): Values {
  const path = 'wso2.config.icp';
  if (settings.given(`${path}.enabled`) === undefined) {
    if (isEmpty(settings.peek(`${path}.url`))) settings.take(path);
    return {};
  }
  const verify = settings.take(`${path}.sslVerify`);
  return {
    enabled: true,
    runtime: settings.text(`${path}.runtime`) ?? '$env{POD_NAME}',
    environment: settings.text(`${path}.environment`),
    project: settings.text(`${path}.project`),
    integration: settings.text(`${path}.integration`),
    secret: secret(`${path}.secret`, 'MI_ICP_SECRET'),
    icp_url: settings.text(`${path}.icpUrl`),
    ssl_verify: verify === undefined ? undefined : new Kept(verify),
    heartbeat_interval: settings.given(`${path}.heartbeatInterval`),
  };
}

/** Before MI 4.6: `dashboard` in helm-mi's chart for MI 4.2, `icp` with a `url` in those for 4.3 to 4.5. */
function dashboard(settings: Settings): Values {
  const path = ['wso2.config.dashboard', 'wso2.config.icp'].find((place) => !isEmpty(settings.peek(`${place}.url`)));
  if (path === undefined) return {};
  return {
    dashboard_url: settings.text(`${path}.url`),
    heartbeat_interval: settings.given(`${path}.heartbeatInterval`),
    group_id: settings.text(`${path}.groupId`),
    node_id: settings.text(`${path}.nodeId`) ?? '$env{POD_NAME}',
    management_hostname: settings.text(`${path}.managementHostname`),
    management_port: settings.given(`${path}.managementPort`),
  };
}

function serviceCatalog(settings: Settings, secret: Secret): readonly Values[] {
  const path = 'wso2.config.serviceCatalog';
  if (settings.given(`${path}.enabled`) === undefined) {
    settings.take(path);
    return [];
  }
  return [
    {
      enable: true,
      apim_host: settings.text(`${path}.apimHost`),
      username: settings.text(`${path}.username`),
      password: secret(`${path}.password`, 'MI_SERVICE_CATALOG_PASSWORD'),
    },
  ];
}

function mediation(settings: Settings): Values {
  const path = 'wso2.config.mediation';
  const { flow, ...rest } = settings.mapping(path);
  const { tracer, ...others } = mappingIn(settings, flow, `${path}.flow`);
  // The tracer stands under flow in helm-mi's values and under stat in its deployment.toml.
  return {
    ...snakeKeys(rest),
    flow: snakeKeys(others),
    stat: { tracer: snakeKeys(mappingIn(settings, tracer, `${path}.flow.tracer`)) },
  };
}

function analytics(settings: Settings): Values {
  const values = settings.mapping('wso2.config.analytics');
  return Object.fromEntries(
    Object.entries(snakeKeys(values)).map(([key, value]) => [
      key,
      key.endsWith('_analytics') && !isEmpty(value) ? { enabled: value } : value,
    ]),
  );
}

function messageHandling(settings: Settings, key: 'messageFormatters' | 'messageBuilders', name: string): Values {
  return {
    [name]: snakeKeys(settings.mapping(`wso2.config.${key}.nonBlocking`)),
    [`custom_${name}`]: custom(settings, key, 'nonBlocking'),
  };
}

function custom(settings: Settings, key: string, way: string): readonly Values[] {
  return entries(settings, `wso2.config.${key}.custom.${way}`, ['contentType', 'class']).map(
    ({ contentType, class: className }) => ({ content_type: contentType, class: className }),
  );
}

function transports(settings: Settings, secret: Secret): Values {
  const base = 'wso2.config.transport';
  const named = (transport: string): Values => {
    const [sender, listener] = (['sender', 'listener'] as const).map((side) =>
      entries(settings, `${base}.${transport}.${side}`, ['name', 'parameters']).map(({ name, parameters }) => ({
        name,
        parameter: parameters,
      })),
    );
    return { sender_enable: (sender ?? []).length > 0, listener_enable: (listener ?? []).length > 0, sender, listener };
  };
  const jndi = (list: string, key: string, value: string): Values =>
    Object.fromEntries(
      entries(settings, `${base}.jndi.${list}`, [key, value]).map((entry) => [entry[key], entry[value]]),
    );
  const vfs = (side: string): Values => ({
    enable: settings.given(`${base}.vfs.${side}.enable`),
    keystore: transportStore(settings, secret, `${base}.vfs.${side}.keystore`, `MI_VFS_${side.toUpperCase()}_KEYSTORE`),
    parameter: settings.mapping(`${base}.vfs.${side}.customParameters`),
  });
  const http = `${base}.http.nonBlocking`;
  const { listener, sender, ...common } = settings.mapping(http);
  return {
    vfs: { listener: vfs('listener'), sender: vfs('sender') },
    jndi: {
      connection_factories: jndi('connectionFactories', 'name', 'url'),
      queue: jndi('queue', 'jndiName', 'physicalName'),
      topic: jndi('topic', 'jndiName', 'physicalName'),
    },
    jms: named('jms'),
    rabbitmq: named('rabbitmq'),
    http: {
      ...snakeKeys(common),
      listener: httpSide(mappingIn(settings, listener, `${http}.listener`), (name) =>
        transportStore(settings, secret, `${http}.listener.${name}`, `MI_LISTENER_${name.toUpperCase()}`),
      ),
      sender: httpSide(mappingIn(settings, sender, `${http}.sender`), (name) =>
        transportStore(settings, secret, `${http}.sender.${name}`, `MI_SENDER_${name.toUpperCase()}`),
      ),
      blocking: snakeKeys(settings.mapping(`${base}.http.blocking`)),
    },
  };
}

function httpSide(side: Values, storeAt: (name: 'keystore' | 'truststore') => Values): Values {
  const { keystore: _keystore, truststore: _truststore, ...rest } = side;
  return { ...snakeKeys(rest), keystore: storeAt('keystore'), truststore: storeAt('truststore') };
}

function transportStore(settings: Settings, secret: Secret, path: string, variable: string): Values {
  const [location, password, keyPassword] = [
    settings.text(`${path}.fileName`),
    secret(`${path}.password`, `${variable}_PASSWORD`),
    secret(`${path}.keyPassword`, `${variable}_KEY_PASSWORD`),
  ];
  const rest = { type: settings.text(`${path}.type`), alias: settings.text(`${path}.alias`) };
  // Without a password of its own the block is the one of helm-mi's complete example, which MI has by itself.
  return password === undefined && keyPassword === undefined
    ? {}
    : { location: storePath(location), ...rest, password, key_password: keyPassword };
}

function managementApi(settings: Settings): Values {
  const base = 'wso2.config.managementApi';
  const { authorizationHandler, ...rest } = settings.mapping(base);
  const { resources, ...handler } = mappingIn(settings, authorizationHandler, `${base}.authorizationHandler`);
  if (!Array.isArray(resources)) settings.leave(`${base}.authorizationHandler.resources`);
  return {
    ...snakeKeys(rest),
    authorization_handler: {
      ...snakeKeys(handler),
      resources: Array.isArray(resources) ? resources.map((path) => ({ path })) : [],
    },
  };
}

function vault(settings: Settings, secret: Secret): readonly Values[] {
  const path = 'wso2.config.vault.hashicorp';
  const values = settings.mapping(path);
  if (isEmpty(values['address'])) return [];
  const { rootToken: _token, secretId: _id, keyStorePassword: _password, ...rest } = values;
  return [
    {
      name: 'hashicorp',
      ...rest,
      rootToken: secret(`${path}.rootToken`, 'MI_VAULT_TOKEN'),
      secretId: secret(`${path}.secretId`, 'MI_VAULT_SECRET_ID'),
      keyStorePassword: secret(`${path}.keyStorePassword`, 'MI_VAULT_KEYSTORE_PASSWORD'),
    },
  ];
}

/** A mapping in one that was used; what is none has no counterpart. */
function mappingIn(settings: Settings, value: unknown, path: string): Values {
  if (isMapping(value)) return value;
  settings.leave(path);
  return {};
}

/** Entries of a list that have a name. What else stands there is named, unless helm-mi's complete example has it. */
function entries(settings: Settings, path: string, known: readonly [string, string]): readonly Values[] {
  const [name] = known;
  return settings.list(path).flatMap((entry, index) => {
    if (!isMapping(entry) || !isText(entry[name])) {
      if (!isMapping(entry) || !Object.values(entry).every(isOfExample)) settings.leave(path, index);
      return [];
    }
    for (const key of Object.keys(entry)) if (!known.includes(key)) settings.leave(path, index, key);
    return [entry];
  });
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isOfExample(value: unknown): boolean {
  return isMapping(value) ? Object.values(value).every(isOfExample) : isEmpty(value) || value === true;
}

/**
 * `warnOnHttp500` → `warn_on_http_500`, `omitSoap12Action` → `omit_soap12_action`, as helm-mi's template writes them.
 */
export function snake(key: string): string {
  return key === 'warnOnHttp500' ? 'warn_on_http_500' : key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function snakeKeys(value: Values): Values {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [snake(key), isMapping(inner) ? snakeKeys(inner) : inner]),
  );
}

function withoutEmpty(value: unknown): unknown {
  if (value instanceof Kept) return value.value;
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const clean = withoutEmpty(inner);
      return isEmpty(clean) && !(inner instanceof Kept) ? [] : [[key, clean]];
    }),
  );
}
