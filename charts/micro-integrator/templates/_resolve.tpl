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
  faults     what is wrong with the values, see _faults.tpl; refused: whether that was said
  memo       deployment.toml, and what mi.once keeps, by the data they were made of: most workloads share them
  toml, appended, secretEnv, arguments, keystoreFiles, demonstration  what mi.features makes
  storeEnv, storeVolumes, storeMounts  what mi.secretStores makes
  stopsGracefully   whether MI knows the graceful shutdown (4.5)
  database   whether servers coordinate through a database
  warnings   list of what mi.warning makes
  running    what mi.running has found in the cluster
*/}}
{{- define "mi.decide" -}}
{{- if not (hasKey .Values "resolved") -}}
{{- include "mi.templates" . -}}
{{- $defaults := .Values.workloadDefaults | default dict -}}
{{- $ofStateful := omit $defaults "replicas" "autoscaling" -}}
{{- $given := .Values.workloads | default dict -}}
{{- range prepend (prepend (values $given) $defaults) .Values }}{{ if and (kindIs "map" .) (kindIs "map" .deploymentToml) }}{{ include "mi.toml.nest" .deploymentToml }}{{ end }}{{ end -}}
{{- $named := dict -}}
{{- range $key, $workload := $given -}}
{{- if and (kindIs "map" $workload) (dig "enabled" true ($workload | default dict)) }}{{ $_ := set $named $key $workload }}{{ end -}}
{{- end -}}
{{- $nothing := and (empty $named) (not (empty $given)) -}}
{{- if not $named -}}
{{- $named = dict "integration" dict -}}
{{- end -}}
{{- $resolved := dict "workloads" dict "stateful" dict "warnings" list "memo" dict "faults" dict
  "fullname" (include "mi.fullname" .) "home" (include "mi.home" .) "configVolume" (include "mi.configVolume" .) "image" (include "mi.image" .) "version" (include "mi.versionLabel" .)
  "stopsGracefully" (include "mi.has" (list . "gracefulShutdown")) "pullSecrets" (include "mi.pullSecrets" . | trim) "serviceAccount" (include "mi.serviceAccount" .)
  "guardPort" (include "mi.int" (list (.Values.fencing).port 9290)) "pattern" (.Values.pattern | default "single-replica") "database" (eq "database" ((.Values.coordination).mode | default "isolate")) -}}
{{- $_ := set .Values "resolved" $resolved -}}
{{- if $nothing -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-CONDITION" "workloads" "Every entry is null or has `enabled: false`, so nothing would run. Enable one, or remove `workloads` to get one workload `integration`.") -}}
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
{{- $_ := set $merged $name (mustMergeOverwrite (deepCopy $default) $value) -}}
{{- else if not (and (kindIs "map" $default) (kindIs "invalid" $value)) -}}
{{- $_ := set $merged $name $value -}}
{{- end -}}
{{- end -}}
{{- include "mi.resolve.workload" (dict "root" $ "resolved" $resolved "key" $key "type" $type "own" $workload "values" $merged) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.resolve.workload: adds one workload to the resolved ones. Keys of the result:
  key, path, name  the workload's key, how people write its place in the values, and the name of its objects
  values           what the workload says, over workloadDefaults
  type             stateless | stateful (single-replica without a type: stateful, since the image may hold a task)
  kind             Deployment | StatefulSet
  surge            whether an update starts the new pod before the old one ends
  overlap          whether both may work then
  isolated         whether a second active pod would do the work twice
  fenced           whether its pods work only while they hold the Leases of its artifacts
  standby          whether a second pod waits to take over
  guardPort, times port of the guard's probes; seconds of the Leases: renew, limit, lease
  replicas         pods, or null under an autoscaler
  fewest, most     pods at least and at most, autoscaling included
  autoscaled       whether an autoscaler decides
  serves           whether the HTTP listeners get a Service
  hasService       whether there is a Service at all
  offset, ports    MI's port offset; numbers of its listeners by name
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
  memory           derived memory of the container, in MiB
  drain, timeout, grace     seconds of the stop
  texts, sources   text files as data of the ConfigMap; sources of the volume `config`
  marks            annotations of object and pods that a rollout reads
  mounts           mounts of the MI container by path, once mi.mounts has made them
  archiveSources   where archives come from, once mi.archiveSources has been asked
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
{{- $fenced := and $isolated (eq "fenced" ($values.recovery | default "respawn")) -}}
{{- $surge := and (or $fenced (not $isolated)) (eq $kind "Deployment") -}}
{{- /* A volume that one node holds would keep a new pod from starting while the old one lives. */ -}}
{{- if eq $most 1 -}}
{{- range $values.persistence | default dict -}}
{{- if and . (not .existingClaim) (not (has "ReadWriteMany" (.accessModes | default (list "ReadWriteOnce")))) }}{{ $surge = false }}{{ end -}}
{{- end -}}
{{- end -}}

{{- $graceful := $values.gracefulShutdown | default dict -}}
{{- $timeout := include "mi.int" (list $graceful.timeoutSeconds 60) | int64 -}}
{{- /* Most workloads have the same file: merge and encode it once. */ -}}
{{- $id := printf "toml %d %s" $timeout (toJson (list $values.deploymentToml $database)) -}}
{{- if not (hasKey .resolved.memo $id) }}{{ $_ := set .resolved.memo $id dict }}{{ include "mi.resolve.toml" (dict "root" $root "key" .key "own" $values.deploymentToml "timeout" $timeout "database" $database "result" (get .resolved.memo $id)) }}{{ end -}}
{{- $file := get .resolved.memo $id -}}
{{- $offset := $file.offset -}}
{{- $ports := $file.ports -}}

{{- $ownRoles := ($values.artifacts).roles | default list -}}
{{- /* The one workload of a single replica runs everything in the image. */ -}}
{{- if and $single (not $ownRoles) }}{{ $ownRoles = ($root.Values.artifacts).roles | default list }}{{ end -}}
{{- $roles := concat $file.roles $ownRoles | uniq -}}
{{- $serves := or (not $isolated) $single -}}
{{- $exposed := false -}}
{{- range $values.ports | default dict }}{{ if and . (dig "expose" true .) }}{{ $exposed = true }}{{ end }}{{ end -}}
{{- $hasService := or $serves $exposed -}}
{{- $switch := ($values.service).enabled -}}
{{- if and (not (kindIs "bool" $switch)) (or $single (not $isolated)) }}{{ $switch = ($root.Values.service).enabled }}{{ end -}}
{{- if kindIs "bool" $switch -}}
{{- $serves = and $switch (or $serves (not $exposed)) -}}
{{- $hasService = $switch -}}
{{- end -}}
{{- $artifacts := omit ($root.Values.artifacts | default dict) -}}
{{- with omit ($values.artifacts | default dict) "roles" "stateful" }}{{ $artifacts = mustMergeOverwrite (deepCopy $artifacts) . }}{{ end -}}
{{- if not $artifacts.source }}{{ $_ := set $artifacts "source" "image" }}{{ end -}}
{{- /* Nothing that opens a Service to the outside reaches an isolated workload by inheritance. */ -}}
{{- $service := $root.Values.service | default dict -}}
{{- if and $isolated (not $single) }}{{ $service = pick $service "http" "https" "management" "labels" "ipFamilyPolicy" "ipFamilies" "appProtocol" }}{{ end -}}
{{- with $values.service }}{{ $service = mustMergeOverwrite (deepCopy $service) . }}{{ end -}}
{{- $id = printf "properties %s" (toJson $values.properties) -}}
{{- if not (hasKey .resolved.memo $id) }}{{ $_ := set .resolved.memo $id (include "mi.properties" (mustMergeOverwrite (deepCopy ($root.Values.properties | default dict)) ($values.properties | default dict)) | trim) }}{{ end -}}
{{- $properties := get .resolved.memo $id -}}
{{- $files := $root.Values.files | default dict -}}
{{- if $values.files -}}
{{- $files = deepCopy $files -}}
{{- range $path, $from := $values.files }}{{ $_ := set $files $path $from }}{{ end -}}
{{- end -}}
{{- $scaler := "" -}}
{{- if $autoscaled -}}
{{- $scaler = "hpa" -}}
{{- if (($values.autoscaling).keda).triggers -}}
{{- $scaler = ternary "keda" "none" (or (($values.autoscaling).keda.force | default false) ($root.Capabilities.APIVersions.Has "keda.sh/v1alpha1")) -}}
{{- end -}}
{{- end -}}
{{- $max := ($values.heap).max | default "512Mi" -}}
{{- $overhead := ($values.heap).overhead | default "512Mi" -}}
{{- $heap := include "mi.once" (list $root "mi.mebibytes" $max $max) | int64 -}}
{{- $overlap := and $surge (not $isolated) -}}
{{- $drain := ternary (include "mi.int" (list $graceful.drainSeconds 10) | int64) 0 (or $overlap (and $surge $hasService)) -}}
{{- $path := include "mi.path" (list "workloads" .key) -}}
{{- $workload := dict
  "key" .key "path" $path
  "name" (include "mi.checkedName" (list (printf "%s-%s" .resolved.fullname .key) (ternary 52 63 (eq $kind "StatefulSet")) (printf "workload %q" .key) .resolved.faults $path))
  "artifacts" $artifacts "service" $service
  "values" $values "own" .own "type" .type "kind" $kind "overlap" $overlap "surge" $surge "isolated" $isolated "fenced" $fenced "guardPort" .resolved.guardPort "standby" (and $fenced (eq "cold" ($values.standby | default "none")) (eq 1 (int $replicas)) (not $autoscaled))
  "replicas" (ternary $fewest (ternary nil $replicas $autoscaled) (eq $scaler "none")) "fewest" $fewest "most" $most "autoscaled" $autoscaled
  "serves" $serves "hasService" $hasService "offset" $offset "ports" $ports "roles" $roles "ownRoles" $ownRoles "tomlRoles" $file.roles "database" $database
  "faults" .resolved.faults "toml" $file.text "coordinates" $file.coordinates "placeholders" $file.placeholders "secretEnv" $file.secretEnv
  "properties" $properties
  "log4j2" ($values.log4j2 | default (include "mi.logging" $values.logging))
  "files" $files
  "readOnly" (or $values.readOnlyRootFilesystem ($values.containerSecurityContext).readOnlyRootFilesystem)
  "scaler" $scaler
  "heap" $heap
  "memory" (add $heap (include "mi.once" (list $root "mi.mebibytes" $overhead $overhead) | int64))
  "drain" $drain "timeout" $timeout "grace" (add (ternary (max $drain 10) $drain $fenced) $timeout (include "mi.int" (list $graceful.marginSeconds 20) | int64)) -}}
{{- /* What a rollout has to know: which artifacts must run nowhere else, and whether servers share them. */ -}}
{{- $marks := dict -}}
{{- with ($values.artifacts).stateful }}{{ $_ := set $marks "mi-patterns.io/stateful-artifacts" (join "," .) }}{{ end -}}
{{- if $database }}{{ $_ := set $marks "mi-patterns.io/coordination" "database" }}{{ end -}}
{{- if $fenced }}{{ $_ := set $marks "mi-patterns.io/coordination" "lease" }}{{ end -}}
{{- $_ := set $workload "marks" $marks -}}
{{- if $fenced }}{{ $_ := set $workload "times" (include "mi.fencing.times" (list $root $workload) | fromJson) }}{{ $_ := set .resolved "fenced" true }}{{ end -}}
{{- $_ := set $workload "texts" (include "mi.textFiles" $files) -}}
{{- $_ := set $workload "sources" (include "mi.configSources" (list $root $workload) | trim) -}}
{{- $_ := set .resolved.workloads .key $workload -}}
{{- if $stateful }}{{ $_ := set .resolved.stateful .key $workload }}{{ end -}}
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
