{{/*
mi.resolve: what each template begins with: everything about the workloads is decided, and values with a fault are
refused. Most faults are found by checks/values.yaml, which Helm runs first. Takes the root; prints nothing.
*/}}
{{- define "mi.resolve" -}}
{{- include "mi.decide" . -}}
{{- include "mi.faults.report" . -}}
{{- end -}}

{{/*
mi.decide: decides everything about the workloads once for the whole render and keeps it in .Values.resolved, which
every template reads. Without that, each of the ten kinds of objects would merge each workload again: the time would
still be linear, ten times over. Prints nothing, and refuses nothing: it notes faults that it meets.

.Values.resolved has
  workloads  what mi.resolve.workload makes, by key: a range over them is sorted, and a list would be copied each time
  stateful   those of type stateful, by key; fenced: whether one of them has a guard
  fullname, home, configVolume, image, version, pullSecrets, serviceAccount   what the helpers of these names give
  pattern, guardPort   `pattern` and `fencing.port` of the values, or their defaults
  faults     what is wrong with the values, see _faults.tpl; refused: whether that was said
  memo       deployment.toml, and what mi.once keeps, by the data they were made of: most workloads share them
  toml, appended, secretEnv, arguments, keystoreFiles, demonstration  what mi.features makes
  storeEnv, storeVolumes, storeMounts  what mi.secretStores makes
  stopsGracefully   whether MI knows the graceful shutdown (4.5)
  database   whether servers coordinate through a database
  nulls      whether values have keys that are null
  unset      what mi.templates.unset has found
  warnings   list of what mi.warning makes
  running    what mi.running has found in the cluster
*/}}
{{- define "mi.decide" -}}
{{- if not (hasKey .Values "resolved") -}}
{{- $text := toJson (omit .Values "global" "extraObjects") -}}
{{- $unset := dict -}}
{{- if or (contains "{{" $text) (contains "{{" (toJson .Values.extraObjects)) }}{{ include "mi.templates" (list . $unset) }}{{ end -}}
{{- /* Helm keeps the null of a key that the chart has no default for. */ -}}
{{- $nulls := contains ":null" $text -}}
{{- if $nulls }}{{ include "mi.nulls" . }}{{ end -}}
{{- $defaults := .Values.workloadDefaults | default dict -}}
{{- $ofStateful := omit $defaults "replicas" "autoscaling" "disruptionBudget" -}}
{{- /* Its numbers are for workloads of several pods: they would let no pod of a pair go. */ -}}
{{- with $defaults.disruptionBudget }}{{ $_ := set $ofStateful "disruptionBudget" (pick . "enabled") }}{{ end -}}
{{- $given := .Values.workloads | default dict -}}
{{- $named := dict -}}
{{- range $key, $workload := $given -}}
{{- if and (kindIs "map" $workload) (or $workload.enabled (kindIs "invalid" $workload.enabled)) }}{{ $_ := set $named $key $workload }}{{ end -}}
{{- end -}}
{{- $nothing := and (empty $named) (not (empty $given)) -}}
{{- if not $named -}}
{{- $named = dict "integration" dict -}}
{{- end -}}
{{- $home := include "mi.home" . -}}
{{- $resolved := dict "workloads" dict "stateful" dict "warnings" list "memo" dict "faults" dict
  "fullname" (include "mi.fullname" .) "home" $home "configVolume" (include "mi.configVolume" $home) "image" (include "mi.image" .) "version" (include "mi.versionLabel" .)
  "stopsGracefully" (include "mi.has" (list . "gracefulShutdown")) "pullSecrets" (include "mi.pullSecrets" . | trim) "serviceAccount" (include "mi.serviceAccount" .)
  "guardPort" (include "mi.int" (list (.Values.fencing).port 9290)) "pattern" (.Values.pattern | default "single-replica") "database" (eq "database" ((.Values.coordination).mode | default "isolate")) "nulls" $nulls "unset" $unset -}}
{{- $_ := set .Values "resolved" $resolved -}}
{{- if $nothing -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-CONDITION" "workloads" "Every entry is null or has `enabled: false`, so nothing would run. Enable one, or remove `workloads` to get one workload `integration`.") -}}
{{- end -}}
{{- range $unset -}}
{{- if not (hasPrefix ".Values." .name) -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-FORMAT" (include "mi.path" .keys) (printf "helm knows no %s, so nothing would be written in its place. Use one of %s." .name (join ", " .known))) -}}
{{- end -}}
{{- end -}}
{{- with .Values.deploymentToml }}{{ include "mi.toml.nest" (list $resolved.faults "deploymentToml" .) }}{{ end -}}
{{- with $defaults.deploymentToml }}{{ include "mi.toml.nest" (list $resolved.faults "workloadDefaults.deploymentToml" .) }}{{ end -}}
{{- range $key, $workload := $named -}}
{{- with $workload.deploymentToml }}{{ include "mi.toml.nest" (list $resolved.faults (include "mi.path" (list "workloads" $key "deploymentToml")) .) }}{{ end -}}
{{- end -}}
{{- include "mi.features" . -}}
{{- include "mi.secretStores" . -}}
{{- range $key := keys $named | sortAlpha -}}
{{- $workload := get $named $key -}}
{{- $type := $workload.type | default $defaults.type -}}
{{- if not $type }}{{ $type = ternary "stateful" "stateless" (eq $resolved.pattern "single-replica") }}{{ end -}}
{{- /* Only what the workload says is copied and merged; the rest of the defaults is shared, and nothing changes
       it. */ -}}
{{- $inherited := ternary $ofStateful $defaults (eq $type "stateful") -}}
{{- $merged := omit $inherited -}}
{{- range $name, $value := $workload -}}
{{- $default := get $inherited $name -}}
{{- if and $default (kindIs "map" $default) (kindIs "map" $value) -}}
{{- include "mi.merge" (dict "into" $merged "name" $name "inherited" $default "own" $value) -}}
{{- else if not (and (kindIs "map" $default) (kindIs "invalid" $value)) -}}
{{- $_ := set $merged $name $value -}}
{{- end -}}
{{- end -}}
{{- /* The text would count, so levels of its own take the place of one that it inherits. */ -}}
{{- if and ($workload.logging).level (not $workload.log4j2) }}{{ $_ := unset $merged "log4j2" }}{{ end -}}
{{- if $nulls -}}
{{- include "mi.nulls.workload" $merged -}}
{{- $workload = deepCopy $workload -}}
{{- include "mi.nulls.in" $workload -}}
{{- end -}}
{{- include "mi.resolve.workload" (dict "root" $ "resolved" $resolved "key" $key "type" $type "own" $workload "values" $merged) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.resolve.workload: adds one workload to the resolved ones. Keys of the result:
  key, path, name  the workload's key, how people write its place in the values, and the name of its objects
  values, own      what the workload says, over workloadDefaults and alone
  faults           those of .Values.resolved
  type             stateless | stateful (single-replica without a type: stateful, since the image may hold a task)
  kind             Deployment | StatefulSet
  surge            whether an update starts the new pod before the old one ends
  overlap          whether both may work then
  isolated         whether a second active pod would do the work twice
  single           whether it is the one workload of pattern single-replica
  fenced           whether its pods work only while they hold the Leases of its artifacts
  standby          whether a second pod waits to take over
  guardPort, times port of the guard's probes; seconds of the Leases: renew, limit, lease
  replicas         pods, or null under an autoscaler
  fewest, most     pods at least and at most, autoscaling included
  autoscaled       whether an autoscaler decides
  serves           whether the HTTP listeners get a Service
  hasService       whether there is a Service at all
  offset, ports    MI's port offset; numbers of its listeners by name; lastPort: the one that opens last
  roles            server roles, MI's defaults among them; ownRoles: of artifacts.roles; tomlRoles: of deployment.toml
  toml, properties, log4j2  files as text, empty where the image's file stays
  files            files over MI's home by path, release < workload
  coordinates      URL of the coordination database that deployment.toml names, else empty
  placeholders     names N that deployment.toml refers to as $env{N}; secretEnv: those that the chart itself gives
  readOnly         whether the root file system is read-only
  scaler           hpa | keda | none (KEDA is wanted but not there) | empty
  artifacts        where archives come from, release < workloadDefaults < workload
  service          settings of the Service, release < workloadDefaults < workload
  database         coordination database of the workload, or null
  heap, memory     of the JVM at most, and derived of the container, in MiB
  drain, timeout, grace     seconds of the stop
  texts, sources   text files as data of the ConfigMap; sources of the volume `config`
  marks            annotations of object and pods that a rollout reads
  mounts           mounts of the MI container by path, once mi.mounts has made them
  archiveSources   where archives come from, once mi.archiveSources has been asked
*/}}
{{- define "mi.resolve.workload" -}}
{{- $isolated := and (eq .type "stateful") (not .resolved.database) -}}
{{- $recovery := .values.recovery | default "respawn" -}}
{{- $workload := dict "key" .key "path" (include "mi.path" (list "workloads" .key)) "faults" .resolved.faults
  "values" .values "own" .own "type" .type "isolated" $isolated "single" (eq .resolved.pattern "single-replica")
  "kind" (ternary "StatefulSet" "Deployment" (and (eq .type "stateful") (eq $recovery "at-most-one")))
  "fenced" (and $isolated (eq $recovery "fenced")) "database" nil "guardPort" .resolved.guardPort
  "readOnly" (or .values.readOnlyRootFilesystem (.values.containerSecurityContext).readOnlyRootFilesystem) -}}
{{- $_ := set $workload "name" (include "mi.checkedName" (list (printf "%s-%s" .resolved.fullname .key) (ternary 52 63 (eq $workload.kind "StatefulSet")) (printf "workload %q" .key) .resolved.faults $workload.path)) -}}
{{- $step := list .root $workload -}}
{{- include "mi.resolve.pods" $step -}}
{{- include "mi.resolve.update" $step -}}
{{- include "mi.resolve.memory" $step -}}
{{- include "mi.resolve.service" $step -}}
{{- include "mi.resolve.stop" $step -}}
{{- include "mi.resolve.server" $step -}}
{{- include "mi.resolve.files" $step -}}
{{- include "mi.resolve.marks" $step -}}
{{- $_ := set .resolved.workloads .key $workload -}}
{{- if eq .type "stateful" }}{{ $_ := set .resolved.stateful .key $workload }}{{ end -}}
{{- end -}}

{{/*
The steps of mi.resolve.workload. Each takes (root, workload), and sets keys of the workload that the steps after it may
read; none prints anything.

mi.resolve.pods: replicas, fewest, most, autoscaled, scaler, standby.
*/}}
{{- define "mi.resolve.pods" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $values := $workload.values -}}
{{- $autoscaling := $values.autoscaling | default dict -}}
{{- $autoscaled := $autoscaling.enabled | default false -}}
{{- $replicas := include "mi.int" (list $values.replicas (ternary 1 2 (or $workload.single $workload.isolated))) | int64 -}}
{{- $fewest := $replicas -}}
{{- $most := $replicas -}}
{{- $scaler := "" -}}
{{- if $autoscaled -}}
{{- $fewest = include "mi.int" (list $autoscaling.minReplicas 2) | int64 -}}
{{- $most = include "mi.int" (list $autoscaling.maxReplicas 10) | int64 -}}
{{- $scaler = "hpa" -}}
{{- if ($autoscaling.keda).triggers -}}
{{- $scaler = ternary "keda" "none" (or ($autoscaling.keda.force | default false) ($root.Capabilities.APIVersions.Has "keda.sh/v1alpha1")) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $workload "autoscaled" $autoscaled -}}
{{- $_ := set $workload "scaler" $scaler -}}
{{- $_ := set $workload "replicas" (ternary $fewest (ternary nil $replicas $autoscaled) (eq $scaler "none")) -}}
{{- $_ := set $workload "fewest" $fewest -}}
{{- $_ := set $workload "most" $most -}}
{{- $_ := set $workload "standby" (and $workload.fenced (eq "cold" ($values.standby | default "none")) (eq 1 (int $replicas)) (not $autoscaled)) -}}
{{- end -}}

{{/*
mi.resolve.update: surge, overlap. A volume that one node holds would keep a new pod from starting while the old one
lives. What an existing claim is, only its accessModes say.
*/}}
{{- define "mi.resolve.update" -}}
{{- $workload := index . 1 -}}
{{- $surge := and (or $workload.fenced (not $workload.isolated)) (eq $workload.kind "Deployment") -}}
{{- if eq $workload.most 1 -}}
{{- range $workload.values.persistence | default dict -}}
{{- if . -}}
{{- $modes := .accessModes | default (ternary (list) (list "ReadWriteOnce") (ne "" (.existingClaim | default ""))) -}}
{{- if and $modes (not (has "ReadWriteMany" $modes)) (not (has "ReadOnlyMany" $modes)) }}{{ $surge = false }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := set $workload "surge" $surge -}}
{{- $_ := set $workload "overlap" (and $surge (not $workload.isolated)) -}}
{{- end -}}

{{/*
mi.resolve.memory: heap, memory.
*/}}
{{- define "mi.resolve.memory" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $max := ($workload.values.heap).max | default "512Mi" -}}
{{- $overhead := ($workload.values.heap).overhead | default "512Mi" -}}
{{- $heap := include "mi.once" (list $root "mi.mebibytes" $max $max) | int64 -}}
{{- $_ := set $workload "heap" $heap -}}
{{- $_ := set $workload "memory" (add $heap (include "mi.once" (list $root "mi.mebibytes" $overhead $overhead) | int64)) -}}
{{- end -}}

{{/*
mi.resolve.service: serves, hasService, service. Nothing that opens a Service to the outside reaches an isolated
workload by inheritance.
*/}}
{{- define "mi.resolve.service" -}}
{{- $workload := index . 1 -}}
{{- $values := $workload.values -}}
{{- $ofRelease := (index . 0).Values.service | default dict -}}
{{- $nulls := (index . 0).Values.resolved.nulls -}}
{{- $inherits := or $workload.single (not $workload.isolated) -}}
{{- $serves := $inherits -}}
{{- $exposed := false -}}
{{- range $values.ports | default dict }}{{ if and . (dig "expose" true .) }}{{ $exposed = true }}{{ end }}{{ end -}}
{{- $hasService := or $serves $exposed -}}
{{- $switch := ($values.service).enabled -}}
{{- if and (not (kindIs "bool" $switch)) $inherits }}{{ $switch = $ofRelease.enabled }}{{ end -}}
{{- if kindIs "bool" $switch -}}
{{- /* An isolated workload with ports opens MI's own listeners only where it says so itself. */ -}}
{{- $asks := eq true (($workload.own.service).enabled | default false) -}}
{{- $serves = and $switch (or $serves $asks (not $exposed)) -}}
{{- $hasService = $switch -}}
{{- end -}}
{{- $service := $ofRelease -}}
{{- if not $inherits -}}
{{- $service = pick $service "http" "https" "management" "labels" "ipFamilyPolicy" "ipFamilies" "appProtocol" -}}
{{- /* A node port belongs to one Service. */ -}}
{{- range list "http" "https" }}{{ $_ := set $service . (omit (get $service . | default dict) "nodePort") }}{{ end -}}
{{- end -}}
{{- with $values.service -}}
{{- $service = mustMergeOverwrite (deepCopy $service) . -}}
{{- if $nulls }}{{ include "mi.dropNulls" $service }}{{ end -}}
{{- end -}}
{{- $_ := set $workload "serves" $serves -}}
{{- $_ := set $workload "hasService" $hasService -}}
{{- $_ := set $workload "service" $service -}}
{{- end -}}

{{/*
mi.resolve.stop: drain, timeout, grace.
*/}}
{{- define "mi.resolve.stop" -}}
{{- $workload := index . 1 -}}
{{- $graceful := $workload.values.gracefulShutdown | default dict -}}
{{- $timeout := include "mi.int" (list $graceful.timeoutSeconds 60) | int64 -}}
{{- $drains := or $workload.overlap (and $workload.surge $workload.hasService) -}}
{{- $drain := ternary (include "mi.int" (list $graceful.drainSeconds 10) | int64) 0 $drains -}}
{{- $margin := include "mi.int" (list $graceful.marginSeconds 20) | int64 -}}
{{- $_ := set $workload "timeout" $timeout -}}
{{- $_ := set $workload "drain" $drain -}}
{{- $_ := set $workload "grace" (add (ternary (max $drain 10) $drain $workload.fenced) $timeout $margin) -}}
{{- end -}}

{{/*
mi.resolve.server: database, and what follows from deployment.toml and the server roles: toml, coordinates,
placeholders, secretEnv, offset, ports, roles, ownRoles, tomlRoles. The one workload of a single replica runs everything
in the image.
*/}}
{{- define "mi.resolve.server" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $resolved := $root.Values.resolved -}}
{{- $values := $workload.values -}}
{{- if $resolved.database -}}
{{- include "mi.merge" (dict "into" $workload "name" "database" "inherited" (($root.Values.coordination).database | default dict) "own" (($values.coordination).database | default dict)) -}}
{{- if $resolved.nulls }}{{ include "mi.dropNulls" $workload.database }}{{ end -}}
{{- end -}}
{{- /* Most workloads have the same file: merge and encode it once. */ -}}
{{- $id := printf "toml %d %s" $workload.timeout (toJson (list $values.deploymentToml $workload.database)) -}}
{{- if not (hasKey $resolved.memo $id) }}{{ $_ := set $resolved.memo $id dict }}{{ include "mi.resolve.toml" (dict "root" $root "key" $workload.key "own" $values.deploymentToml "timeout" $workload.timeout "database" $workload.database "result" (get $resolved.memo $id)) }}{{ end -}}
{{- $file := get $resolved.memo $id -}}
{{- $ownRoles := ($values.artifacts).roles | default list -}}
{{- if and $workload.single (not $ownRoles) }}{{ $ownRoles = ($root.Values.artifacts).roles | default list }}{{ end -}}
{{- $_ := set $workload "toml" $file.text -}}
{{- $_ := set $workload "coordinates" $file.coordinates -}}
{{- $_ := set $workload "placeholders" $file.placeholders -}}
{{- $_ := set $workload "secretEnv" $file.secretEnv -}}
{{- $_ := set $workload "offset" $file.offset -}}
{{- $_ := set $workload "ports" $file.ports -}}
{{- $_ := set $workload "lastPort" $file.lastPort -}}
{{- $_ := set $workload "tomlRoles" $file.roles -}}
{{- $_ := set $workload "ownRoles" $ownRoles -}}
{{- $_ := set $workload "roles" (concat $file.roles $ownRoles | uniq) -}}
{{- end -}}

{{/*
mi.resolve.files: artifacts, properties, log4j2, files, texts, sources.
*/}}
{{- define "mi.resolve.files" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $values := $workload.values -}}
{{- $artifacts := omit ($root.Values.artifacts | default dict) -}}
{{- with omit ($values.artifacts | default dict) "roles" "stateful" -}}
{{- $artifacts = mustMergeOverwrite (deepCopy $artifacts) . -}}
{{- if $root.Values.resolved.nulls }}{{ include "mi.dropNulls" $artifacts }}{{ end -}}
{{- end -}}
{{- if not $artifacts.source }}{{ $_ := set $artifacts "source" "image" }}{{ end -}}
{{- $memo := $root.Values.resolved.memo -}}
{{- $id := printf "properties %s" (toJson $values.properties) -}}
{{- if not (hasKey $memo $id) }}{{ $_ := set $memo $id (include "mi.properties" (mustMergeOverwrite (deepCopy ($root.Values.properties | default dict)) ($values.properties | default dict)) | trim) }}{{ end -}}
{{- $files := $root.Values.files | default dict -}}
{{- if $values.files -}}
{{- $files = deepCopy $files -}}
{{- range $path, $from := $values.files }}{{ $_ := set $files $path $from }}{{ end -}}
{{- if $root.Values.resolved.nulls }}{{ include "mi.dropNulls" $files }}{{ end -}}
{{- end -}}
{{- $_ := set $workload "artifacts" $artifacts -}}
{{- $_ := set $workload "properties" (get $memo $id) -}}
{{- $_ := set $workload "log4j2" ($values.log4j2 | default (include "mi.logging" $values.logging)) -}}
{{- $_ := set $workload "files" $files -}}
{{- $_ := set $workload "texts" (include "mi.textFiles" $files) -}}
{{- $_ := set $workload "sources" (include "mi.configSources" (list $root $workload) | trim) -}}
{{- end -}}

{{/*
mi.resolve.marks: marks, times. What a rollout has to know: which artifacts must run nowhere else, and whether servers
share them.
*/}}
{{- define "mi.resolve.marks" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $marks := dict -}}
{{- with ($workload.values.artifacts).stateful }}{{ $_ := set $marks "mi-patterns.io/stateful-artifacts" (join "," .) }}{{ end -}}
{{- if $workload.database }}{{ $_ := set $marks "mi-patterns.io/coordination" "database" }}{{ end -}}
{{- if $workload.fenced -}}
{{- $_ := set $marks "mi-patterns.io/coordination" "lease" -}}
{{- $_ := set $workload "times" (include "mi.fencing.times" (list $root $workload) | fromJson) -}}
{{- $_ := set $root.Values.resolved "fenced" true -}}
{{- end -}}
{{- $_ := set $workload "marks" $marks -}}
{{- end -}}

{{/*
mi.once: what a template prints for workloads that say the same: printed for the first of them, kept for the others.
Takes (root, name of the template, its argument, all that decides what it prints and differs between workloads).
*/}}
{{- define "mi.once" -}}
{{- $memo := (index . 0).Values.resolved.memo -}}
{{- $id := printf "%s %s" (index . 1) (toJson (index . 3)) -}}
{{- if not (hasKey $memo $id) }}{{ $_ := set $memo $id (include (index . 1) (index . 2)) }}{{ end -}}
{{- get $memo $id -}}
{{- end -}}
