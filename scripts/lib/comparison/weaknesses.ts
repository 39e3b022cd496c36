/** A command for a shell, and what it must print to make the point. */
export interface Proof {
  readonly command: string;
  /** In stdout and stderr together. */
  readonly prints: RegExp;
  /** 0 when absent. */
  readonly exitCode?: number;
}

/** A fault of the official chart, a command that shows it there, and one that shows ours free of it. */
export interface Weakness {
  readonly id: string;
  /** What holds in our chart. */
  readonly title: string;
  /** Run beside the official chart's folder `mi`. */
  readonly theirs: Proof;
  /** Run at the top of this project. */
  readonly ours: Proof;
}

const theirs = 'helm template rel mi --set wso2.config.icp.enabled=false';
const ours = 'helm template orders charts/micro-integrator';
const nothing = /^$/;

export const weaknesses: readonly Weakness[] = [
  {
    id: 'W1',
    title: 'the chart renders with its default values',
    theirs: { command: 'helm template rel mi', prints: /nil pointer evaluating/, exitCode: 1 },
    ours: { command: `${ours} | grep 'kind: Deployment'`, prints: /^kind: Deployment$/ },
  },
  {
    id: 'W2',
    title: 'the heap setting reaches the server, and not the diagnostics tool',
    theirs: { command: `${theirs} | grep -A1 'name: JA*V[AM]_'`, prints: /JAVA_MEM_OPTS/ },
    ours: {
      command: `${ours} --set workloadDefaults.heap.max=768Mi | grep -A1 'name: "JAVA_OPTS"'`,
      prints: /-Xmx768m/,
    },
  },
  {
    id: 'W3',
    title: 'the stop signal reaches the JVM',
    theirs: { command: `${theirs} | grep -E 'exec sh|trap|preStop'`, prints: nothing, exitCode: 1 },
    ours: { command: `${ours} | grep -E 'preStop|kill -TERM'`, prints: /preStop:\n[\s\S]*kill -TERM/ },
  },
  {
    id: 'W4',
    title: 'a pod that ends is drained first, with a grace period that covers it',
    theirs: {
      command: `${theirs} | grep -E 'preStop|terminationGracePeriodSeconds|minReadySeconds'`,
      prints: nothing,
      exitCode: 1,
    },
    ours: {
      command: `${ours} --set pattern=multiple-replicas | grep -E 'preStop|terminationGracePeriodSeconds|minReadySeconds|maxUnavailable: 0'`,
      prints: /minReadySeconds: 2[\s\S]*maxUnavailable: 0[\s\S]*terminationGracePeriodSeconds: 90[\s\S]*preStop/,
    },
  },
  {
    id: 'W5',
    title: 'an LDAP user store renders',
    theirs: {
      command: `${theirs} --set wso2.config.userstore.file.enabled=false --set wso2.config.userstore.ldap.connectionUrl=ldap://ldap:389`,
      prints: /nil pointer evaluating/,
      exitCode: 1,
    },
    ours: {
      command: `${ours} --set userStore.type=ldap,userStore.ldap.url=ldap://ldap:389 | grep -A2 '\\[user_store\\]'`,
      prints: /connection_url = "ldap:\/\/ldap:389"\n\s+type = "read_only_ldap"/,
    },
  },
  {
    id: 'W6',
    title: 'keystores are mounted once, in the home of the runtime',
    theirs: {
      command: `${theirs} --set wso2.deployment.JKSSecretName=keys | grep mountPath | sort | uniq -d`,
      prints: /wso2mi-4\.5\.0.*wso2carbon\.jks/,
    },
    ours: {
      command: `${ours} --set-json 'keystores={"primary":{"secretName":"keys","key":"server.jks","alias":"server","passwordSecret":{"name":"keys","key":"password"}},"internal":{"secretName":"keys","key":"server.jks","alias":"server","passwordSecret":{"name":"keys","key":"password"}}}' | grep mountPath | sort | uniq -d`,
      prints: nothing,
    },
  },
  {
    id: 'W7',
    title: 'a secret that deployment.toml refers to reaches the server',
    theirs: {
      command: `${theirs} --set provider=azure,wso2.config.secureVault.enabled=true,wso2.config.coordination.rdbms.url=jdbc:x,wso2.config.coordination.nodeId=n,wso2.config.coordination.rdbms.jdbc.driver=d | grep -cE 'coordination_db_password'`,
      prints: /^1$/,
    },
    ours: {
      command: `${ours} --set pattern=coordinated,coordination.mode=database,coordination.database.url=jdbc:x,coordination.database.driver=d,coordination.database.passwordSecret.name=db,coordination.database.passwordSecret.key=password | grep COORDINATION_DB_PASSWORD`,
      prints: /password = "\$env\{COORDINATION_DB_PASSWORD\}"\n\s+- name: "COORDINATION_DB_PASSWORD"/,
    },
  },
  {
    id: 'W8',
    title: 'passwords come from Secrets',
    theirs: {
      command: `${theirs} --set wso2.config.admin.password=hunter2 | grep hunter2`,
      prints: /password = \\?"hunter2/,
    },
    ours: {
      command: `${ours} --set userStore.type=file,userStore.admin.passwordSecret.name=mi-admin,userStore.admin.passwordSecret.key=password | grep -A5 'ADMIN_PASSWORD'`,
      prints: /password = "\$env\{MI_ADMIN_PASSWORD\}"[\s\S]*secretKeyRef:/,
    },
  },
  {
    id: 'W9',
    title: '`false` and 0 are written',
    theirs: {
      command: `${theirs} --set wso2.config.managementApi.authorizationHandler.enable=false | grep -A2 'management_api.authorization_handler'`,
      prints: /authorization_handler\](?!\\nenable)/,
    },
    ours: {
      command: `${ours} --set deploymentToml.management_api.authorization_handler.enable=false,deploymentToml.server.offset=0 | grep -E 'enable = |offset = '`,
      prints: /enable = false[\s\S]*offset = 0/,
    },
  },
  {
    id: 'W10',
    title: 'big integers stay integers',
    theirs: {
      command: `${theirs} --set-json wso2.config.transport.http.nonBlocking.maxMessageSizeBytes=2147483647 | grep max_message_size_bytes`,
      prints: /2\.147483647e\+09/,
    },
    ours: {
      command: `${ours} --set-json deploymentToml.transport.http.max_message_size_bytes=2147483647 | grep max_message_size_bytes`,
      prints: /= 2147483647$/m,
    },
  },
  {
    id: 'W11',
    title: 'invalid values are refused, with their path',
    theirs: { command: `${theirs} --set wso2.deployment.replicas=abc | grep replicas`, prints: /replicas: abc/ },
    ours: {
      command: `${ours} --set workloads.integration.replicas=abc`,
      prints: /\/workloads\/integration\/replicas'?:? got string, want null or integer/,
      exitCode: 1,
    },
  },
  {
    id: 'W12',
    title: 'two releases share no name, and a stateful workload never overlaps its successor',
    theirs: {
      command: `(${theirs} | grep '^  name:' | sort -u; ${theirs.replace(' rel ', ' other ')} | grep '^  name:' | sort -u) | sort | uniq -d`,
      prints: /name: envoy/,
    },
    ours: {
      command: `(${ours} | grep '^  name:' | sort -u; ${ours.replace(' orders ', ' other ')} | grep '^  name:' | sort -u) | sort | uniq -d; ${ours} | grep 'type: Re'`,
      prints: /^type: Recreate$/,
    },
  },
  {
    id: 'W13',
    title: 'routes are opt-in, rendered only if the cluster has their API, and never lead to the management API',
    theirs: {
      command: `${theirs} | grep -E 'kind: (Gateway|HTTPRoute)$|value: /management'`,
      prints: /HTTPRoute[\s\S]*\/management/,
    },
    ours: {
      command: `(${ours}; ${ours} --set gateway.enabled=true,gateway.parentRefs.public.name=public) | grep -E 'kind: (Gateway|HTTPRoute|Ingress)$'; ${ours} --set gateway.enabled=true,gateway.parentRefs.public.name=public --api-versions gateway.networking.k8s.io/v1 | grep -E 'kind: HTTPRoute|/management'`,
      prints: /^kind: HTTPRoute$/,
    },
  },
  {
    id: 'W14',
    title: 'hot deployment is off',
    theirs: { command: `${theirs} | grep hot_deployment`, prints: nothing, exitCode: 1 },
    ours: { command: `${ours} | grep hot_deployment`, prints: /hot_deployment = false/ },
  },
  {
    id: 'W15',
    title: 'names have a valid length, and every object has a namespace and the recommended labels',
    theirs: {
      command: `helm template ${'r'.repeat(53)} mi --set wso2.config.icp.enabled=false | grep -oE '^  name: .{64,}'`,
      prints: /cloud-r{53}-https/,
    },
    ours: {
      command: `${ours.replace(' orders ', ` ${'r'.repeat(53)} `)}; ${ours} --namespace shop --set pattern=multiple-replicas,workloadDefaults.autoscaling.enabled=true | awk '/^kind:/{k++} /^  namespace: "shop"$/{n++} /^    helm.sh\\/chart:/{l++} END{print (k == n && k == l) ? "all" : "some"}'`,
      prints: /^all\n[\s\S]*has 65 characters, and Kubernetes allows at most 63/,
    },
  },
  {
    id: 'W16',
    title: 'the documented ports are those of the rendered Service',
    theirs: {
      command: `grep -c 'port-forward.*8290' README.md; ${theirs} | grep -c 8290`,
      prints: /^[1-9]\d*\n0$/,
      exitCode: 1,
    },
    ours: { command: `${ours} | grep 'port: 8290'`, prints: /port: 8290/ },
  },
];
