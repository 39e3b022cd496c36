{{/*
mi.resolve: decides everything about the workloads once for the whole render and keeps it in .Values.resolved, which every
template reads. Without that, each of the ten kinds of objects would merge each workload again: the time would still be
linear, ten times over. Prints nothing; fails with a sentence where the values break a rule of the pattern.

.Values.resolved has
  workloads  list, sorted by key, of what mi.resolve.workload makes
  byKey      the same by key
  fullname, home, configVolume, image, version, pullSecrets, serviceAccount   what the helpers of these names give
  memo       text by the data it was made of, for what most workloads have in common
  stopsGracefully   whether MI knows the graceful shutdown (4.5)
  database   whether servers coordinate through a database
  warnings   list of sentences
*/}}
{{- define "mi.resolve" -}}
{{- if not (hasKey .Values "resolved") -}}
{{- $defaults := .Values.workloadDefaults | default dict -}}
{{- $ofStateful := omit $defaults "replicas" "autoscaling" -}}
{{- $given := .Values.workloads | default dict -}}
{{- $named := dict -}}
{{- range $key, $workload := $given -}}
{{- if and (kindIs "map" $workload) (dig "enabled" true ($workload | default dict)) }}{{ $_ := set $named $key $workload }}{{ end -}}
{{- end -}}
{{- if not $named -}}
{{- if $given }}{{ fail "\n\nEvery entry of workloads is null or has `enabled: false`, so nothing would run. Enable one, or remove `workloads` to get one workload `integration`." }}{{ end -}}
{{- $named = dict "integration" dict -}}
{{- end -}}
{{- $resolved := dict "workloads" list "byKey" dict "warnings" list "memo" dict
  "fullname" (include "mi.fullname" .) "home" (include "mi.home" .) "configVolume" (include "mi.configVolume" .) "image" (include "mi.image" .) "version" (include "mi.versionLabel" .)
  "stopsGracefully" (include "mi.atLeast" (list . "4.5.0")) "pullSecrets" (include "mi.pullSecrets" . | trim) "serviceAccount" (include "mi.serviceAccount" .)
  "pattern" (.Values.pattern | default "single-replica") "database" (eq "database" ((.Values.coordination).mode | default "isolate")) -}}
{{- $_ := set .Values "resolved" $resolved -}}
{{- range $key := keys $named | sortAlpha -}}
{{- $workload := get $named $key -}}
{{- $type := $workload.type | default $defaults.type -}}
{{- if not $type }}{{ $type = ternary "stateful" "stateless" (eq $resolved.pattern "single-replica") }}{{ end -}}
{{- $merged := mustMergeOverwrite (deepCopy (ternary $ofStateful $defaults (eq $type "stateful"))) $workload -}}
{{- include "mi.resolve.workload" (dict "root" $ "resolved" $resolved "key" $key "type" $type "own" $workload "values" $merged) -}}
{{- end -}}
{{- include "mi.validate" . -}}
{{- include "mi.warnings.collect" . -}}
{{- end -}}
{{- end -}}

{{/*
mi.resolve.workload: appends one workload to the resolved ones. Keys of the result:
  key, name        the workload's key, and the name of its objects
  values           what the workload says, over workloadDefaults
  type             stateless | stateful (with pattern single-replica and no type: stateful, since the image may hold a task)
  kind             Deployment | StatefulSet
  overlap          whether an update may run old and new pods at once
  isolated         whether a second active pod would do the work twice
  replicas         pods, or null under an autoscaler
  fewest, most     pods at least and at most, autoscaling included
  autoscaled       whether an autoscaler decides
  serves           whether the HTTP listeners get a Service
  hasService       whether there is a Service at all
  offset, ports    MI's port offset; numbers of its listeners by name
  roles            server roles, MI's defaults among them
  toml, properties, log4j2  files as text, empty where the image's file stays
  artifacts        where archives come from, release < workloadDefaults < workload
  service          settings of the Service, release < workloadDefaults < workload
  database         coordination database of the workload, or null
  memory           derived memory of the container, in MiB
  drain, timeout, grace     seconds of the stop
*/}}
{{- define "mi.resolve.workload" -}}
{{- $root := .root -}}
{{- $pattern := .resolved.pattern -}}
{{- $values := .values -}}
{{- $stateful := eq .type "stateful" -}}
{{- $single := eq $pattern "single-replica" -}}
{{- $database := ternary (mustMergeOverwrite (deepCopy ((($root.Values.coordination).database) | default dict)) (($values.coordination).database | default dict)) nil .resolved.database -}}
{{- $isolated := and $stateful (not .resolved.database) -}}
{{- $autoscaled := ($values.autoscaling).enabled | default false -}}
{{- $replicas := $values.replicas -}}
{{- if kindIs "invalid" $replicas }}{{ $replicas = ternary 1 2 (or $single $isolated) }}{{ end -}}
{{- $replicas = int64 $replicas -}}
{{- $fewest := $replicas -}}
{{- $most := $replicas -}}
{{- if $autoscaled -}}
{{- $fewest = include "mi.int" (list ($values.autoscaling).minReplicas 2) | int64 -}}
{{- $most = include "mi.int" (list ($values.autoscaling).maxReplicas 10) | int64 -}}
{{- end -}}
{{- $kind := ternary "StatefulSet" "Deployment" (and $stateful (eq "at-most-one" ($values.recovery | default "respawn"))) -}}
{{- $overlap := and (not $isolated) (eq $kind "Deployment") -}}
{{- /* A volume that one node holds would keep a new pod from starting while the old one lives. */ -}}
{{- if eq $most 1 -}}
{{- range $values.persistence | default dict -}}
{{- if and . (not .existingClaim) (not (has "ReadWriteMany" (.accessModes | default (list "ReadWriteOnce")))) }}{{ $overlap = false }}{{ end -}}
{{- end -}}
{{- end -}}

{{- $toml := dict -}}
{{- $text := "" -}}
{{- $ofChart := ne "image" (($root.Values.runtime).deploymentTomlFrom | default "values") -}}
{{- if $ofChart -}}
{{- $toml = mustMergeOverwrite (deepCopy ($root.Values.deploymentToml | default dict)) ($values.deploymentToml | default dict) -}}
{{- end -}}
{{- $server := $toml.server | default dict -}}
{{- $graceful := $values.gracefulShutdown | default dict -}}
{{- $timeout := include "mi.int" (list $graceful.timeoutSeconds 60) | int64 -}}
{{- if $ofChart -}}
{{- include "mi.validate.toml" (dict "key" .key "server" $server) -}}
{{- $forced := dict "hot_deployment" false -}}
{{- if .resolved.stopsGracefully -}}
{{- $forced = dict "hot_deployment" false "graceful_shutdown_enabled" true "graceful_shutdown_timeout" (mul $timeout 1000) -}}
{{- end -}}
{{- $_ := set $toml "server" (mustMergeOverwrite $server $forced) -}}
{{- if $database }}{{ include "mi.coordination.toml" (dict "key" .key "toml" $toml "database" $database) }}{{ end -}}
{{- /* Most workloads have the same file: encode it once. */ -}}
{{- $id := printf "toml %s" (toJson $toml) -}}
{{- if not (hasKey .resolved.memo $id) }}{{ $_ := set .resolved.memo $id (include "mi.toml" $toml) }}{{ end -}}
{{- $text = get .resolved.memo $id -}}
{{- end -}}
{{- $offset := include "mi.int" (list $server.offset 10) | int64 -}}
{{- $listener := (($toml.transport).http).listener | default dict -}}
{{- $synapse := $toml.synapse_properties | default dict -}}
{{- $ports := dict
  "http" (add $offset (include "mi.int" (list (($listener.parameter).port | default $listener.port) 8280) | int64))
  "https" (add $offset (include "mi.int" (list (((($toml.transport).https).listener).parameter).port 8243) | int64))
  "internal" (add $offset (include "mi.int" (list (get $synapse "internal.http.api.port" | default nil) 9191) | int64))
  "management" (add $offset (include "mi.int" (list (get $synapse "internal.https.api.port" | default nil) 9154) | int64)) -}}

{{- $roles := $server.roles | default (list "EnterpriseIntegrator" "EnterpriseServiceBus" "DataServicesServer") -}}
{{- $roles = concat $roles (($values.artifacts).roles | default list) | uniq -}}
{{- $serves := or (not $isolated) $single -}}
{{- $exposed := false -}}
{{- range $values.ports | default dict }}{{ if and . (dig "expose" true .) }}{{ $exposed = true }}{{ end }}{{ end -}}
{{- $hasService := or $serves $exposed -}}
{{- $switch := ($values.service).enabled -}}
{{- if kindIs "bool" $switch -}}
{{- $serves = and $switch (or $serves (not $exposed)) -}}
{{- $hasService = $switch -}}
{{- end -}}
{{- $artifacts := mustMergeOverwrite (deepCopy ($root.Values.artifacts | default dict)) (omit ($values.artifacts | default dict) "roles" "stateful") -}}
{{- if not $artifacts.source }}{{ $_ := set $artifacts "source" "image" }}{{ end -}}
{{- /* Nothing that opens a Service to the outside reaches an isolated workload by inheritance. */ -}}
{{- $service := $root.Values.service | default dict -}}
{{- if and $isolated (not $single) }}{{ $service = pick $service "http" "https" "management" "labels" "ipFamilyPolicy" }}{{ end -}}
{{- $service = mustMergeOverwrite (deepCopy $service) ($values.service | default dict) -}}
{{- $heap := include "mi.mebibytes" (($values.heap).max | default "512Mi") | int64 -}}
{{- $drain := ternary (include "mi.int" (list $graceful.drainSeconds 10) | int64) 0 $overlap -}}
{{- $workload := dict
  "key" .key
  "name" (include "mi.checkedName" (list (printf "%s-%s" .resolved.fullname .key) (ternary 52 63 (eq $kind "StatefulSet")) (printf "workload %q" .key)))
  "artifacts" $artifacts "service" $service
  "values" $values "own" .own "type" .type "kind" $kind "overlap" $overlap "isolated" $isolated
  "replicas" (ternary nil $replicas $autoscaled) "fewest" $fewest "most" $most "autoscaled" $autoscaled
  "serves" $serves "hasService" $hasService "offset" $offset "ports" $ports "roles" $roles "database" $database
  "toml" $text
  "properties" (include "mi.properties" (mustMergeOverwrite (deepCopy ($root.Values.properties | default dict)) ($values.properties | default dict)) | trim)
  "log4j2" ($values.log4j2 | default "")
  "heap" $heap
  "memory" (add $heap (include "mi.mebibytes" (($values.heap).overhead | default "512Mi") | int64))
  "drain" $drain "timeout" $timeout "grace" (add $drain $timeout (include "mi.int" (list $graceful.marginSeconds 20) | int64)) -}}
{{- $_ := set .resolved "workloads" (append .resolved.workloads $workload) -}}
{{- $_ := set .resolved.byKey .key $workload -}}
{{- end -}}

{{/*
mi.coordination.toml: adds what MI reads to coordinate through a database to a deployment.toml. A data source, task_handling
or task_resolver that the user wrote stays as it is (docs-mi, setup/deployment/deploying-wso2-mi.md).
Takes a dict: toml (changed in place), database.
*/}}
{{- define "mi.coordination.toml" -}}
{{- $database := .database -}}
{{- $sources := .toml.datasource | default list -}}
{{- $own := false -}}
{{- range $sources }}{{ if eq "WSO2_COORDINATION_DB" (.id | default "") }}{{ $own = true }}{{ end }}{{ end -}}
{{- if not $own -}}
{{- if not (and $database.url $database.driver) -}}
{{- fail (printf "\n\ncoordination.mode is database, but coordination.database.url or .driver is empty (workload %q). Set both, or give deploymentToml.datasource an entry with id WSO2_COORDINATION_DB." .key) -}}
{{- end -}}
{{- $source := dict "id" "WSO2_COORDINATION_DB" "url" $database.url "driver" $database.driver -}}
{{- if $database.usernameSecret }}{{ $_ := set $source "username" "$env{COORDINATION_DB_USERNAME}" }}{{ else if $database.username }}{{ $_ := set $source "username" $database.username }}{{ end -}}
{{- if $database.passwordSecret }}{{ $_ := set $source "password" "$env{COORDINATION_DB_PASSWORD}" }}{{ end -}}
{{- if $database.poolOptions }}{{ $_ := set $source "pool_options" $database.poolOptions }}{{ end -}}
{{- $_ := set .toml "datasource" (append $sources $source) -}}
{{- end -}}
{{- $resolvers := dict "active-passive" "ActivePassiveResolver" "round-robin" "RoundRobinResolver" "task-nodes" "TaskNodeResolver" -}}
{{- $handling := dict "resolver_class" (printf "org.wso2.micro.integrator.ntask.coordination.task.resolver.%s" (get $resolvers ($database.resolver | default "active-passive"))) "resolving_period" ($database.resolvingPeriodSeconds | default 2) "resolving_frequency" ($database.resolvingFrequency | default 5) -}}
{{- $_ := set .toml "task_handling" (mustMergeOverwrite $handling (.toml.task_handling | default dict)) -}}
{{- if and (or $database.taskServerCount $database.taskNodes) (not .toml.task_resolver) -}}
{{- $resolver := dict -}}
{{- with $database.taskServerCount }}{{ $_ := set $resolver "task_server_count" . }}{{ end -}}
{{- with $database.taskNodes }}{{ $_ := set $resolver "task_nodes" (join "," .) }}{{ end -}}
{{- $_ := set .toml "task_resolver" (list $resolver) -}}
{{- end -}}
{{- end -}}
