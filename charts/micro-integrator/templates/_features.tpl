{{/*
What release-level settings mean to MI: keys of deployment.toml, environment, arguments. Secrets come by environment, so
that no ConfigMap holds one. A variable is written only into pods whose deployment.toml refers to it.

mi.features: fills .Values.resolved with
  toml       deployment.toml of the release: what follows from the settings, under the user's deploymentToml
  appended   list of {path, id, item}: elements of arrays of tables, added unless the user wrote one of the same id
  secretEnv  environment by name, secrets above all
  arguments  of micro-integrator.sh
  keystoreFiles  file name of each keystore
  demonstration  whether MI's demonstration keystores are in use
Takes the root.
*/}}
{{- define "mi.features" -}}
{{- $resolved := .Values.resolved -}}
{{- $_ := set $resolved "toml" dict -}}
{{- $_ := set $resolved "appended" list -}}
{{- $_ := set $resolved "secretEnv" dict -}}
{{- $_ := set $resolved "arguments" list -}}
{{- $_ := set $resolved "keystoreFiles" dict -}}
{{- include "mi.features.keystores" . -}}
{{- include "mi.features.userStore" . -}}
{{- include "mi.features.vault" . -}}
{{- include "mi.features.observability" . -}}
{{- $_ := set $resolved "toml" (mustMergeOverwrite $resolved.toml (deepCopy (.Values.deploymentToml | default dict))) -}}
{{- include "mi.features.collector" . -}}
{{- end -}}

{{/*
mi.features.collector: the exporters refuse an address without http:// or https://, and MI ends its start there
(io.opentelemetry.exporter.internal.ExporterBuilderUtil; seen with MI 4.3). Takes the root.
*/}}
{{- define "mi.features.collector" -}}
{{- $resolved := .Values.resolved -}}
{{- $keys := $resolved.toml.opentelemetry -}}
{{- if and (kindIs "map" $keys) (ne "false" (toString (get ($keys | default dict) "enable"))) -}}
{{- if and (kindIs "string" $keys.url) $keys.url (not (regexMatch "^(https?://|\\$)" $keys.url)) -}}
{{- $own := (.Values.deploymentToml | default dict).opentelemetry -}}
{{- $own = and (kindIs "map" $own) (get ($own | default dict) "url") -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-FORMAT" (ternary "deploymentToml.opentelemetry.url" "tracing.url" (not (empty $own))) "The address of a collector begins with http:// or https://, and this one does not: MI would end its start. Write for example http://collector:4317.") -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.features.secret: makes a variable MI_<name> and prints the placeholder that MI resolves. Takes (root, name,
SecretKey).
*/}}
{{- define "mi.features.secret" -}}
{{- $name := printf "MI_%s" (index . 1) -}}
{{- $_ := set (index . 0).Values.resolved.secretEnv $name (dict "secretKeyRef" (index . 2)) -}}
$env{ {{- $name -}} }
{{- end -}}

{{/*
mi.features.keystores: [keystore.primary], [truststore] always, the others where they are given. The password of the
demonstration keystores in MI's image is wso2carbon (config-tool default.json), which is no secret, but still no line of
a ConfigMap that someone may copy. Takes the root.
*/}}
{{- define "mi.features.keystores" -}}
{{- $root := . -}}
{{- $resolved := .Values.resolved -}}
{{- $folder := "repository/resources/security" -}}
{{- $given := .Values.keystores | default dict -}}
{{- range $name := list "primary" "internal" "listener" "sender" "truststore" -}}
{{- $store := get $given $name | default dict -}}
{{- $known := dict "primary" "wso2carbon.jks" "truststore" "client-truststore.jks" -}}
{{- $file := $store.fileName | default (ternary $store.key (get $known $name) (and (not (empty $store.key)) (not (empty $store.secretName)))) -}}
{{- $_ := set $resolved.keystoreFiles $name $file -}}
{{- if and $store.key (not $store.secretName) -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" (printf "keystores.%s.key" $name) "The key of a Secret is named, but not the Secret. Set secretName, or fileName for a file of the image.") -}}
{{- end -}}
{{- if or $file $store.passwordSecret $store.secretName -}}
{{- if and $store.secretName (not $file) -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" (printf "keystores.%s.secretName" $name) "The Secret is named, but neither key nor fileName. Name the key of the Secret that holds the file.") -}}
{{- end -}}
{{- $own := dict -}}
{{- $prefix := ternary "TRUSTSTORE" (printf "%s_KEYSTORE" (upper $name)) (eq $name "truststore") -}}
{{- with $file }}{{ $_ := set $own (ternary "location" "file_name" (has $name (list "listener" "sender"))) (printf "%s/%s" $folder .) }}{{ end -}}
{{- with $store.type }}{{ $_ := set $own "type" . }}{{ end -}}
{{- $password := printf "$env{MI_%s_PASSWORD}" $prefix -}}
{{- if $store.passwordSecret -}}
{{- $password = include "mi.features.secret" (list $root (printf "%s_PASSWORD" $prefix) $store.passwordSecret) -}}
{{- else if and $store.secretName (ne $name "truststore") -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" (printf "keystores.%s.secretName" $name) "The keystore is named, but not its passwordSecret. Put the password into a Secret and name it there.") -}}
{{- else -}}
{{- $_ := set $resolved.secretEnv (printf "MI_%s_PASSWORD" $prefix) "wso2carbon" -}}
{{- end -}}
{{- $_ := set $own "password" $password -}}
{{- if ne $name "truststore" -}}
{{- $_ := set $own "key_password" $password -}}
{{- with $store.keyPasswordSecret }}{{ $_ := set $own "key_password" (include "mi.features.secret" (list $root (printf "%s_KEYSTORE_KEY_PASSWORD" (upper $name)) .)) }}{{ end -}}
{{- end -}}
{{- $alias := $store.alias -}}
{{- if and (not $alias) (not $store.secretName) (eq $name "primary") }}{{ $alias = "wso2carbon" }}{{ end -}}
{{- if has $name (list "listener" "sender") -}}
{{- with $alias }}{{ $_ := set $own "key_alias" . }}{{ end -}}
{{- $_ := mustMergeOverwrite $resolved.toml (dict "transport" (dict "http" (dict $name (dict "keystore" $own)))) -}}
{{- else if eq $name "truststore" -}}
{{- $_ := set $own "alias" ($alias | default "symmetric.key.value") -}}
{{- $_ := set $own "algorithm" "AES" -}}
{{- $_ := set $resolved.toml "truststore" $own -}}
{{- else -}}
{{- if not $alias }}{{ include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" (printf "keystores.%s.alias" $name) "The alias is missing. Name the private key in the keystore.") }}{{ end -}}
{{- $_ := set $own "alias" $alias -}}
{{- $_ := mustMergeOverwrite $resolved.toml (dict "keystore" (dict $name $own)) -}}
{{- end -}}
{{- else if and (not $store.key) (or $store.alias $store.type $store.keyPasswordSecret) -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" (printf "keystores.%s" $name) "No keystore is named, so the primary one would be used instead. Set secretName and key, or fileName for a file of the image.") -}}
{{- end -}}
{{- end -}}
{{- $user := ((.Values.deploymentToml).keystore).primary | default dict -}}
{{- $_ := set $resolved "demonstration" (not (or ($given.primary).passwordSecret $user.password)) -}}
{{- end -}}

{{/*
mi.features.userStore: who may use the management API (config-tool user-mgt.xml.j2, internal-apis.xml.j2). Takes the
root.
*/}}
{{- define "mi.features.userStore" -}}
{{- $root := . -}}
{{- $resolved := .Values.resolved -}}
{{- $store := .Values.userStore | default dict -}}
{{- $type := $store.type | default "image" -}}
{{- $admin := $store.admin | default dict -}}
{{- $password := "" -}}
{{- with $admin.passwordSecret }}{{ $password = include "mi.features.secret" (list $root "ADMIN_PASSWORD" .) }}{{ end -}}
{{- if eq $type "file" -}}
{{- if not $password }}{{ include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" "userStore.type" "The type is file, but userStore.admin.passwordSecret is missing. Name the Secret with the administrator's password.") }}{{ end -}}
{{- $users := list (dict "user" (dict "name" ($admin.username | default "admin") "password" $password "is_admin" true)) -}}
{{- $number := 0 -}}
{{- range $name, $user := $store.users | default dict -}}
{{- if $user -}}
{{- $number = add1 $number -}}
{{- $users = append $users (dict "user" (dict "name" $name "password" (include "mi.features.secret" (list $root (printf "USER_%d_PASSWORD" $number) $user.passwordSecret)) "is_admin" ($user.admin | default false))) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $resolved.toml "internal_apis" (dict "file_user_store" (dict "enable" true) "users" $users) -}}
{{- else if has $type (list "ldap" "database") -}}
{{- $_ := set $resolved.toml "internal_apis" (dict "file_user_store" (dict "enable" false)) -}}
{{- end -}}
{{- if and (ne $type "file") (or $password (ne "admin" ($admin.username | default "admin"))) -}}
{{- $super := dict "username" ($admin.username | default "admin") -}}
{{- if $password }}{{ $_ := set $super "password" $password }}{{ end -}}
{{- $_ := set $resolved.toml "super_admin" $super -}}
{{- if and (eq $type "image") $password -}}
{{- $_ := set $resolved.toml "internal_apis" (dict "users" (list (dict "user" (dict "name" ($admin.username | default "admin") "password" $password "is_admin" true)))) -}}
{{- end -}}
{{- end -}}
{{- if eq $type "image" -}}
{{- /* As in the file that comes with MI's image. */ -}}
{{- $_ := set $resolved.toml "user_store" (dict "type" "read_only_ldap") -}}
{{- else if eq $type "ldap" -}}
{{- $ldap := $store.ldap | default dict -}}
{{- if not $ldap.url }}{{ include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" "userStore.type" "The type is ldap, but userStore.ldap.url is empty. Set the address of the directory.") }}{{ end -}}
{{- $keys := dict "type" (ternary "read_only_ldap" "read_write_ldap" (dig "readOnly" true $ldap)) "connection_url" $ldap.url -}}
{{- with $ldap.bindName }}{{ $_ := set $keys "connection_name" . }}{{ end -}}
{{- with $ldap.bindPasswordSecret }}{{ $_ := set $keys "connection_password" (include "mi.features.secret" (list $root "LDAP_PASSWORD" .)) }}{{ end -}}
{{- with $ldap.userSearchBase }}{{ $_ := set $keys "user_search_base" . }}{{ end -}}
{{- $_ := set $resolved.toml "user_store" (merge (dict) ($ldap.options | default dict) $keys) -}}
{{- else if eq $type "database" -}}
{{- $database := $store.database | default dict -}}
{{- if not (and $database.url $database.driver) }}{{ include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" "userStore.type" "The type is database, but userStore.database.url or .driver is empty. Set the address of the database and the class of its driver.") }}{{ end -}}
{{- $_ := set $resolved.toml "user_store" (dict "type" "database") -}}
{{- $_ := set $resolved.toml "realm_manager" (dict "data_source" "WSO2CarbonDB") -}}
{{- $source := dict "id" "WSO2CarbonDB" "url" $database.url "driver" $database.driver -}}
{{- with $database.username }}{{ $_ := set $source "username" . }}{{ end -}}
{{- with $database.passwordSecret }}{{ $_ := set $source "password" (include "mi.features.secret" (list $root "USER_DB_PASSWORD" .)) }}{{ end -}}
{{- with $database.poolOptions }}{{ $_ := set $source "pool_options" . }}{{ end -}}
{{- $_ := set $resolved "appended" (append $resolved.appended (dict "path" "datasource" "id" "id" "item" $source)) -}}
{{- end -}}
{{- end -}}

{{/*
mi.features.vault: [[external_vault]]. MI reads every value of it as text, and ends with a ClassCastException on a
number (ExternalVaultConfigLoader, HashiCorpVaultConstant). Takes the root.
*/}}
{{- define "mi.features.vault" -}}
{{- $root := . -}}
{{- $resolved := .Values.resolved -}}
{{- $vault := .Values.hashicorpVault | default dict -}}
{{- if $vault.enabled -}}
{{- if not $vault.address }}{{ include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" "hashicorpVault.enabled" "The vault is switched on, but hashicorpVault.address is empty. Set the address of the vault.") }}{{ end -}}
{{- $keys := dict "name" "hashicorp" "address" $vault.address -}}
{{- if $vault.tokenSecret -}}
{{- $_ := set $keys "rootToken" (include "mi.features.secret" (list $root "VAULT_TOKEN" $vault.tokenSecret)) -}}
{{- else if and $vault.roleIdSecret $vault.secretIdSecret -}}
{{- $_ := set $keys "roleId" (include "mi.features.secret" (list $root "VAULT_ROLE_ID" $vault.roleIdSecret)) -}}
{{- $_ := set $keys "secretId" (include "mi.features.secret" (list $root "VAULT_SECRET_ID" $vault.secretIdSecret)) -}}
{{- else -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" "hashicorpVault.enabled" "The vault has no credentials. Set tokenSecret, or roleIdSecret and secretIdSecret.") -}}
{{- end -}}
{{- with $vault.engineVersion }}{{ $_ := set $keys "engineVersion" (include "mi.plain" .) }}{{ end -}}
{{- with $vault.namespace }}{{ $_ := set $keys "namespace" . }}{{ end -}}
{{- if not (kindIs "invalid" $vault.cacheMilliseconds) }}{{ $_ := set $keys "cacheableDuration" (include "mi.plain" $vault.cacheMilliseconds) }}{{ end -}}
{{- range $name, $value := $vault.options | default dict }}{{ if and (not (hasKey $keys $name)) (not (kindIs "invalid" $value)) }}{{ $_ := set $keys $name (include "mi.plain" $value) }}{{ end }}{{ end -}}
{{- $_ := set .Values.resolved "appended" (append .Values.resolved.appended (dict "path" "external_vault" "id" "name" "item" $keys)) -}}
{{- end -}}
{{- end -}}

{{/*
mi.features.observability: metrics, tracing and the control plane. MI sends no spans by otlp without a header
(wso2/wso2-synapse, OTLPTelemetryManager.java), so one is made up where none is given. Takes the root.
*/}}
{{- define "mi.features.observability" -}}
{{- $root := . -}}
{{- $resolved := .Values.resolved -}}
{{- if (.Values.metrics).enabled -}}
{{- $_ := set $resolved "arguments" (append $resolved.arguments "-DenablePrometheusApi=true") -}}
{{- $_ := set $resolved "appended" (append $resolved.appended (dict "path" "synapse_handlers" "id" "class" "item" (dict "name" "MetricHandler" "class" "org.wso2.micro.integrator.observability.metric.handler.MetricHandler"))) -}}
{{- end -}}
{{- $tracing := .Values.tracing | default dict -}}
{{- if $tracing.enabled -}}
{{- $type := $tracing.type | default "otlp" -}}
{{- if and (eq $type "otlp") (not $tracing.url) -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" "tracing.enabled" "Tracing of type otlp is switched on, but tracing.url is empty, and MI takes no host for it. Set the address, for example http://collector:4317.") -}}
{{- else if and (not $tracing.url) (not $tracing.host) (ne $type "log") -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" "tracing.enabled" "Tracing is switched on, but neither tracing.url nor tracing.host is set. Set one of them.") -}}
{{- end -}}
{{- $keys := dict "enable" true "type" $type "logs" ($tracing.logs | default false) -}}
{{- with $tracing.url }}{{ $_ := set $keys "url" . }}{{ end -}}
{{- with $tracing.host }}{{ $_ := set $keys "host" . }}{{ end -}}
{{- with $tracing.port }}{{ $_ := set $keys "port" (int64 . | toString) }}{{ end -}}
{{- $properties := list -}}
{{- range $name, $value := $tracing.properties | default dict }}{{ if $value }}{{ $properties = append $properties (dict "name" $name "value" $value) }}{{ end }}{{ end -}}
{{- if and (eq $type "otlp") (not $properties) }}{{ $properties = list (dict "name" "x-release" "value" .Release.Name) }}{{ end -}}
{{- with $properties }}{{ $_ := set $keys "properties" . }}{{ end -}}
{{- $_ := set $resolved.toml "opentelemetry" $keys -}}
{{- end -}}
{{- $icp := .Values.icp | default dict -}}
{{- if $icp.enabled -}}
{{- if not $icp.url }}{{ include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" "icp.enabled" "The control plane is switched on, but icp.url is empty. Set its address.") }}{{ end -}}
{{- if include "mi.has" (list . "controlPlane") -}}
{{- range list "environment" "project" "integration" }}{{ if not (get $icp .) }}{{ include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" "icp.enabled" (printf "The control plane is switched on, but icp.%s is empty, and it accepts no server without it. Set icp.%s." . .)) }}{{ end }}{{ end -}}
{{- if not $icp.secret }}{{ include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" "icp.enabled" "The control plane is switched on, but icp.secret is missing. Name the Secret with the secret that the control plane gave out.") }}{{ end -}}
{{- $keys := dict "enabled" true "icp_url" $icp.url "runtime" "$env{POD_NAME}" "secret" (include "mi.features.secret" (list $root "ICP_SECRET" ($icp.secret | default dict))) "ssl_verify" (dig "verifyTls" true $icp) "heartbeat_interval" ($icp.heartbeatSeconds | default 10) -}}
{{- range $key := list "environment" "project" "integration" }}{{ with get $icp $key }}{{ $_ := set $keys $key . }}{{ end }}{{ end -}}
{{- $_ := set $resolved.toml "icp_config" $keys -}}
{{- else -}}
{{- $keys := dict "dashboard_url" $icp.url "node_id" "$env{POD_NAME}" "heartbeat_interval" ($icp.heartbeatSeconds | default 5) -}}
{{- with $icp.environment }}{{ $_ := set $keys "group_id" . }}{{ end -}}
{{- $_ := set $resolved.toml "dashboard_config" $keys -}}
{{- end -}}
{{- end -}}
{{- end -}}
