{{/*
Rules that need several values at once. The schema holds the shape of each value; what is here holds with
--skip-schema-validation too. Each rule notes a fault (_faults.tpl), and the render fails once, with all of them.

mi.validate: the rules over all workloads. Takes the root, after mi.resolve filled .Values.resolved.
*/}}
{{- define "mi.validate" -}}
{{- $resolved := .Values.resolved -}}
{{- $faults := $resolved.faults -}}
{{- $pattern := $resolved.pattern -}}
{{- if not (has $pattern (list "single-replica" "multiple-replicas" "coordinated")) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CHOICE" "pattern" (printf "%q is not a pattern. Use single-replica, multiple-replicas or coordinated." $pattern)) -}}
{{- end -}}
{{- $keys := keys $resolved.workloads | sortAlpha -}}
{{- if and (eq $pattern "single-replica") (gt (len $keys) 1) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-SINGLE-REPLICA" "workloads" (printf "pattern single-replica runs one workload, but workloads has %d: %s. Keep one of them, or set pattern: coordinated." (len $keys) (join ", " $keys))) -}}
{{- end -}}
{{- if and $resolved.database (ne $pattern "coordinated") -}}
{{- include "mi.fault" (list $faults "MI-VALUES-NEEDS" "coordination.mode" (printf "coordination.mode database needs several equal servers, which pattern %s does not run. Set pattern: coordinated, or coordination.mode: isolate." $pattern)) -}}
{{- end -}}
{{- if and $resolved.database (eq "image" ((.Values.runtime).deploymentTomlFrom | default "values")) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-NEEDS" "runtime.deploymentTomlFrom" "coordination.mode database writes deployment.toml, but runtime.deploymentTomlFrom is image. Set runtime.deploymentTomlFrom: values.") -}}
{{- end -}}
{{- include "mi.validate.environment" (dict "faults" $faults "where" "env" "env" .Values.env "database" $resolved.database) -}}
{{- range $workload := $resolved.workloads -}}
{{- include "mi.validate.workload" (dict "root" $ "workload" $workload "pattern" $pattern "database" $resolved.database) -}}
{{- end -}}
{{- include "mi.validate.owners" . -}}
{{- include "mi.validate.roles" . -}}
{{- include "mi.validate.extraObjects" . -}}
{{- if eq $pattern "coordinated" }}{{ include "mi.validate.isolation" . }}{{ include "mi.validate.secondServers" . }}{{ end -}}
{{- if not (or $resolved.database (eq $pattern "single-replica")) }}{{ include "mi.validate.looseFiles" . }}{{ end -}}
{{- end -}}

{{/*
mi.validate.extraObjects: what is no object of Kubernetes; the schema cannot look into text. Takes the root.
*/}}
{{- define "mi.validate.extraObjects" -}}
{{- $faults := .Values.resolved.faults -}}
{{- range include "mi.extraObjects.read" . | fromJsonArray -}}
{{- $where := include "mi.path" (list "extraObjects" .key) -}}
{{- if and .object.Error (not .object.kind) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-FORMAT" $where (printf "This is not YAML: %s. Correct the text, or write the object as a mapping." .object.Error)) -}}
{{- else if not (and .object.apiVersion .object.kind) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-NEEDS" $where "This object has no apiVersion or no kind. Add both.") -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.owners: what belongs to one workload only: stateful artifacts, claims, the database that coordinates. Takes
the root.
*/}}
{{- define "mi.validate.owners" -}}
{{- $faults := .Values.resolved.faults -}}
{{- $owners := dict -}}
{{- $claims := dict -}}
{{- $databases := dict -}}
{{- range $workload := .Values.resolved.workloads -}}
{{- $where := $workload.path -}}
{{- range $artifact := (($workload.values.artifacts).stateful | default list) -}}
{{- with get $owners $artifact -}}
{{- include "mi.fault" (list $faults "MI-VALUES-STATEFUL-TWICE" (printf "%s.artifacts.stateful" $where) (printf "The stateful artifact %s is listed in the workloads %s and %s, so it would be active in both. List it under artifacts.stateful of one of them." $artifact . $workload.key)) -}}
{{- end -}}
{{- $_ := set $owners $artifact $workload.key -}}
{{- end -}}
{{- range $name, $volume := $workload.values.persistence | default dict -}}
{{- if and $volume (not $volume.existingClaim) -}}
{{- $claim := include "mi.claimName" (list $workload $name) -}}
{{- with get $claims $claim -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.persistence.%s" $where $name) (printf "The workloads %s and %s would both own the claim %q. Rename one of the persistence entries." . $workload.key $claim)) -}}
{{- end -}}
{{- $_ := set $claims $claim $workload.key -}}
{{- end -}}
{{- end -}}
{{- with $workload.coordinates -}}
{{- $database := . -}}
{{- with get $databases $database -}}
{{- include "mi.fault" (list $faults "MI-VALUES-COORDINATION-DATABASE" (printf "%s.coordination.database.url" $where) (printf "The workloads %s and %s coordinate through the same database (%q). Its task table has no column for a group, so each would delete or take the other's tasks. Keep one workload, give each its own database (workloads.%s.coordination.database.url), or set coordination.mode: isolate." . $workload.key $database $workload.key)) -}}
{{- end -}}
{{- $_ := set $databases $database $workload.key -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.roles: with a list of the roles in the archives, each is carried by a workload, and no workload names
another. Takes the root.
*/}}
{{- define "mi.validate.roles" -}}
{{- $faults := .Values.resolved.faults -}}
{{- $listed := (.Values.artifacts).roles | default list -}}
{{- if $listed -}}
{{- $inArchives := dict -}}
{{- range $listed }}{{ $_ := set $inArchives . true }}{{ end -}}
{{- $carried := dict -}}
{{- range $workload := .Values.resolved.workloads -}}
{{- range $index, $role := $workload.roles -}}
{{- $known := false -}}
{{- if include "mi.isPattern" $role -}}
{{- range $listed }}{{ if include "mi.roleMatches" (list $role .) }}{{ $known = true }}{{ $_ := set $carried . true }}{{ end }}{{ end -}}
{{- else if hasKey $inArchives $role -}}
{{- $known = true }}{{ $_ := set $carried $role true -}}
{{- end -}}
{{- if and (not $known) (has $role $workload.ownRoles) (not (has $role $workload.tomlRoles)) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-ROLE-UNKNOWN" (include "mi.path" (list "workloads" $workload.key "artifacts" "roles")) (printf "The workload has the server role %s, but artifacts.roles does not list it, so no archive has such a role: nothing would be deployed for it. Correct it, or add it to artifacts.roles. Listed are: %s." $role (join ", " $listed))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- /* Roles that any workload names, enabled or not. Only asked for a role that none carries; made once for all
       of those. */ -}}
{{- $named := dict -}}
{{- if lt (len $carried) (len $inArchives) -}}
{{- range $key, $workload := .Values.workloads }}{{ if $workload }}{{ range ($workload.artifacts).roles }}{{ if kindIs "string" . }}{{ $_ := set $named . $key }}{{ end }}{{ end }}{{ end }}{{ end -}}
{{- end -}}
{{- range $index, $role := $listed -}}
{{- $off := get $named $role -}}
{{- if and $off (not (hasKey $carried $role)) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-ROLE-UNUSED" (include "mi.path" (list "workloads" $off "enabled")) (printf "The workload is not enabled, and no other one has the server role %s, so MI would leave out what has it, without a message. To stop the work for a while, set paused: true instead of enabled: false; to end it for good, take the role out of artifacts.roles of the release, too." $role)) -}}
{{- else if not (hasKey $carried $role) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-ROLE-UNUSED" (printf "artifacts.roles[%d]" $index) (printf "No workload carries the server role %s, so MI would leave out what has it, without a message. List it under artifacts.roles of one workload%s." $role (ternary ", or use another pattern: multiple-replicas runs nothing stateful" "" (eq $.Values.resolved.pattern "multiple-replicas")))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.workload: the rules of one workload. Takes a dict: root, workload, pattern, database.
*/}}
{{- define "mi.validate.workload" -}}
{{- $workload := .workload -}}
{{- $key := $workload.key -}}
{{- $faults := $workload.faults -}}
{{- $where := $workload.path -}}
{{- $values := $workload.values -}}
{{- if regexMatch "-(headless|management)$" $key -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" $where (printf "The workload key %q ends like the Services that the chart derives from a key (-headless, -management). Rename the workload." $key)) -}}
{{- end -}}
{{- if not (has $workload.type (list "stateless" "stateful")) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CHOICE" (printf "%s.type" $where) (printf "%q is not a type. Use stateless or stateful." $workload.type)) -}}
{{- end -}}
{{- include "mi.validate.pods" . -}}
{{- if and (eq $workload.kind "StatefulSet") $workload.name }}{{ $_ := include "mi.headlessName" $workload }}{{ end -}}
{{- if ($workload.service.management).enabled -}}
{{- $_ := include "mi.checkedName" (list (printf "%s-management" $workload.name) 63 (printf "the management Service of workload %q" $key) $faults $where) -}}
{{- end -}}
{{- include "mi.validate.environment" (dict "faults" $faults "where" (printf "%s.env" $where) "env" $values.env "database" .database) -}}
{{- include "mi.validate.jvm" (dict "faults" $faults "where" $where "values" $values) -}}
{{- include "mi.validate.fencing" (list .root $workload) -}}
{{- include "mi.validate.memory" $workload -}}
{{- if eq $workload.kind "Deployment" }}{{ include "mi.validate.progress" $workload }}{{ end -}}
{{- include "mi.validate.ports" $workload -}}
{{- include "mi.validate.persistence" (list .root $workload) -}}
{{- include "mi.validate.collisions" (list .root $workload) -}}
{{- include "mi.validate.requests" $workload -}}
{{- include "mi.validate.artifacts" (list .root $workload) -}}
{{- include "mi.validate.files" (list .root $workload) -}}
{{- if .database }}{{ include "mi.validate.coordination" $workload }}{{ end -}}
{{- if and ($values.verticalAutoscaling).enabled $workload.autoscaled (ne "Off" ($values.verticalAutoscaling.mode | default "Off")) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.verticalAutoscaling.mode" $where) (printf "The workload has autoscaling and verticalAutoscaling.mode %s: both would react to the same CPU use. Set verticalAutoscaling.mode: \"Off\", or leave one out." $values.verticalAutoscaling.mode)) -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.pods: how many pods of a workload the pattern allows. Takes a dict: root, workload, pattern, database.
*/}}
{{- define "mi.validate.pods" -}}
{{- $workload := .workload -}}
{{- $key := $workload.key -}}
{{- $faults := $workload.faults -}}
{{- $where := $workload.path -}}
{{- $stateful := ($workload.values.artifacts).stateful | default list -}}
{{- $replicas := int64 $workload.replicas -}}
{{- if eq .pattern "single-replica" -}}
{{- if $workload.autoscaled -}}
{{- include "mi.fault" (list $faults "MI-VALUES-SINGLE-REPLICA" (printf "%s.autoscaling.enabled" $where) (printf "pattern single-replica runs one pod, but autoscaling is enabled for workload %q. Set autoscaling.enabled: false, or another pattern." $key)) -}}
{{- else if ne $replicas 1 -}}
{{- include "mi.fault" (list $faults "MI-VALUES-SINGLE-REPLICA" (printf "%s.replicas" $where) (printf "pattern single-replica runs one pod, but replicas is %d. Set replicas: 1, or another pattern: multiple-replicas for equal pods, coordinated when some artifacts are stateful." $replicas)) -}}
{{- end -}}
{{- else if eq .pattern "multiple-replicas" -}}
{{- if or (eq $workload.type "stateful") $stateful -}}
{{- include "mi.fault" (list $faults "MI-VALUES-MULTIPLE-REPLICAS" (printf "%s.%s" $where (ternary "type" "artifacts.stateful" (eq $workload.type "stateful"))) (printf "pattern multiple-replicas runs the same pod several times, but workload %q is stateful%s. Set pattern: coordinated, or take the stateful artifacts out." $key (ternary (printf " (%s)" (join ", " $stateful)) "" (gt (len $stateful) 0)))) -}}
{{- else if lt (int64 $workload.fewest) 2 -}}
{{- include "mi.fault" (list $faults "MI-VALUES-MULTIPLE-REPLICAS" (printf "%s.%s" $where (ternary "autoscaling.minReplicas" "replicas" $workload.autoscaled)) (printf "pattern multiple-replicas needs at least 2 pods, but %s is %d. Raise it, or set pattern: single-replica." (ternary "minReplicas" "replicas" $workload.autoscaled) (int64 $workload.fewest))) -}}
{{- end -}}
{{- else if $workload.isolated -}}
{{- if $workload.autoscaled -}}
{{- include "mi.fault" (list $faults "MI-VALUES-COORDINATED" (printf "%s.autoscaling.enabled" $where) (printf "workload %q is stateful and has one active pod, but autoscaling is enabled for it. Set autoscaling.enabled: false, or coordination.mode: database." $key)) -}}
{{- else if ne $replicas 1 -}}
{{- $way := ternary "Set paused: true to stop it for a while, or replicas: 1" "Set replicas: 1, type: stateless if nothing in it is stateful, or coordination.mode: database" (eq $replicas 0) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-COORDINATED" (printf "%s.replicas" $where) (printf "workload %q is stateful and has one active pod, but its replicas is %d: its tasks would run %d times. %s." $key $replicas $replicas $way)) -}}
{{- end -}}
{{- if has ($workload.service.type | default "ClusterIP") (list "LoadBalancer" "NodePort") -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.service.type" $where) (printf "The type is %s, but the workload is stateful: its one pod is down whenever it moves, so it gets no public address. Use ClusterIP, and route the public to a stateless workload; `service.type` of the release reaches only those." $workload.service.type)) -}}
{{- end -}}
{{- end -}}
{{- if and $workload.isolated (not $workload.fenced) $workload.own.strategy -}}
{{- include "mi.fault" (list $faults "MI-VALUES-COORDINATED" (printf "%s.strategy" $where) "strategy asks for pods that overlap during an update, but the workload is stateful: the old pod and the new one would both be active. Remove strategy; the old pod is stopped first.") -}}
{{- end -}}
{{- if and (eq $workload.type "stateless") $stateful (not .database) (ne .pattern "multiple-replicas") -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.artifacts.stateful" $where) (printf "workload %q is stateless, but artifacts.stateful lists %s. Set type: stateful, or move them to a stateful workload." $key (join ", " $stateful))) -}}
{{- end -}}
{{- if and (eq .pattern "coordinated") (not .database) (not $workload.own.type) (not (.root.Values.workloadDefaults).type) -}}
{{- range $workload.ownRoles -}}
{{- if hasPrefix "MiIsolated" . -}}
{{- include "mi.fault" (list $faults "MI-VALUES-NEEDS" $where (printf "The workload has the server role %s and no type, so its pods would be stateless and each would run what carries the role. Set type: stateful, or type: stateless if nothing of it must run in one place only." .)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $workload.autoscaled (gt (int64 $workload.fewest) (int64 $workload.most)) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.autoscaling.minReplicas" $where) (printf "minReplicas (%d) is above maxReplicas (%d)." (int64 $workload.fewest) (int64 $workload.most))) -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.files: each file over MI's home comes from one place. Takes (root, workload).
*/}}
{{- define "mi.validate.files" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $archives := "repository/deployment/server/carbonapps" -}}
{{- $taken := dict "conf/deployment.toml" "deploymentToml" "conf/file.properties" "properties" "conf/log4j2.properties" "log4j2" -}}
{{- if eq "image" (($root.Values.runtime).deploymentTomlFrom | default "values") }}{{ $_ := unset $taken "conf/deployment.toml" }}{{ end -}}
{{- range $name, $store := $root.Values.keystores | default dict -}}
{{- if and $store $store.secretName -}}
{{- $_ := set $taken (printf "repository/resources/security/%s" (get $root.Values.resolved.keystoreFiles $name)) (printf "keystores.%s" $name) -}}
{{- end -}}
{{- end -}}
{{- if eq $workload.artifacts.source "configMap" -}}
{{- range $file, $from := ($workload.artifacts.configMap).archives }}{{ if $from }}{{ $_ := set $taken (printf "%s/%s" $archives $file) "artifacts.configMap" }}{{ end }}{{ end -}}
{{- end -}}
{{- range $path, $file := $workload.files -}}
{{- if and (kindIs "map" $file) (hasKey $taken $path) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (include "mi.path" (list "workloads" $workload.key "files" $path)) (printf "This file is written by %s too (workload %q). Use only one of them." (get $taken $path) $workload.key)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.environment: names that the chart writes itself. Takes a dict: faults, where, env, database.
*/}}
{{- define "mi.validate.environment" -}}
{{- $dot := . -}}
{{- range $name, $value := .env | default dict -}}
{{- if has $name (list "JAVA_OPTS" "JVM_MEM_OPTS" "JAVA_MEM_OPTS" "NODE_PARAMS" "_JAVA_OPTIONS") -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-RESERVED" (printf "%s.%s" $dot.where $name) "The chart writes the options of the JVM. Set heap.max for the heap and jvm.options for the rest (JVM_MEM_OPTS would size the diagnostics JVM too, MI does not read JAVA_MEM_OPTS, and the JVM puts _JAVA_OPTIONS over what the chart writes).") -}}
{{- end -}}
{{- if eq $name "MI_PATTERNS_RELEASE_ROLES" -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-RESERVED" (printf "%s.%s" $dot.where $name) "The chart writes the roles of the release, by which an image that mi-patterns made checks that each of its artifacts has a server. Remove it; MI_PATTERNS_LEAVE_OUT: \"true\" starts an image that holds more.") -}}
{{- end -}}
{{- if and $dot.database (eq $name "nodeId") -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-RESERVED" (printf "%s.nodeId" $dot.where) "With coordination.mode database every start of a server has a node id of its own, since two with one id do not start. Remove it.") -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.jvm: options that would undo what the chart writes before them: the heap, which sizes the container, and the
server roles, which decide what the pod deploys. The last one on the command line wins. Takes a dict: faults, where,
values.
*/}}
{{- define "mi.validate.jvm" -}}
{{- $dot := . -}}
{{- $places := dict "jvm.options" ((.values.jvm).options | default list) "jvm.arguments" ((.values.jvm).arguments | default list) "command" (.values.command | default list) -}}
{{- range $place, $words := $places -}}
{{- range $words -}}
{{- if regexMatch "(^|[\\s'\"])-DserverRoles\\b" . -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-RESERVED" (printf "%s.%s" $dot.where $place) "The chart writes -DserverRoles, and a second one would replace it: the pods would deploy other artifacts than the values say. Set artifacts.roles, or deploymentToml.server.roles for other roles than MI's own.") -}}
{{- end -}}
{{- if regexMatch "^@|^-XX:(VMOptionsFile|Flags)=" . -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-RESERVED" (printf "%s.%s" $dot.where $place) (printf "%s takes options from a file, where the chart cannot see heap and server roles. List the options themselves." (trim .))) -}}
{{- end -}}
{{- if and (ne $place "command") (regexMatch "(^|\\s)-(Xm[sx]|XX:(Max|Min|Initial)(RAMPercentage|RAMFraction|HeapSize)\\b)" .) -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-RESERVED" (printf "%s.%s" $dot.where $place) (printf "%s sets the heap, which the chart writes and sizes the container by. Set heap.max and heap.initial." (trim .))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.memory: the container must hold the heap and what the JVMs need besides (at least 128 MiB). Takes a
workload.
*/}}
{{- define "mi.validate.memory" -}}
{{- $where := .path -}}
{{- $initial := (.values.heap).initial -}}
{{- if and $initial (gt (include "mi.mebibytes" $initial | int64) .heap) -}}
{{- include "mi.fault" (list .faults "MI-VALUES-CONDITION" (printf "%s.heap.initial" $where) (printf "heap.initial is above heap.max (%d MiB). Lower it, or leave it out." (int64 .heap))) -}}
{{- end -}}
{{- $limit := ((.values.resources).limits).memory -}}
{{- if and $limit (lt (include "mi.mebibytes" $limit | int64) (add .heap 128)) -}}
{{- include "mi.fault" (list .faults "MI-VALUES-CONDITION" (printf "%s.resources.limits.memory" $where) (printf "The limit is %v, which is too little for a heap of %d MiB: metaspace, threads and the diagnostics JVM need at least 128 MiB more, better 512. Raise it, lower heap.max, or remove it to have it derived (%d MiB)." $limit (int64 .heap) (int64 .memory))) -}}
{{- end -}}
{{- end -}}

{{/*
mi.minReadySeconds: how long a new pod of a Deployment stays ready before it counts. Takes a workload.
*/}}
{{- define "mi.minReadySeconds" -}}
{{- include "mi.int" (list .values.minReadySeconds (ternary 20 (ternary 2 0 .overlap) .standby)) -}}
{{- end -}}

{{/*
mi.validate.progress: Kubernetes takes a Deployment only if it gives an update more time than a pod needs to count.
Takes a workload.
*/}}
{{- define "mi.validate.progress" -}}
{{- $deadline := include "mi.int" (list .values.progressDeadlineSeconds 900) | int64 -}}
{{- $ready := include "mi.minReadySeconds" . | int64 -}}
{{- if le $deadline $ready -}}
{{- include "mi.fault" (list .faults "MI-VALUES-CONDITION" (printf "%s.progressDeadlineSeconds" .path) (printf "progressDeadlineSeconds is %d, but a new pod counts only after minReadySeconds (%d): Kubernetes refuses such a Deployment. Raise progressDeadlineSeconds above it, or lower minReadySeconds." $deadline $ready)) -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.ports: every port of a pod once, under a name of its own. Takes a workload.
*/}}
{{- define "mi.validate.ports" -}}
{{- $faults := .faults -}}
{{- $key := .key -}}
{{- $taken := dict -}}
{{- range $name, $number := .ports }}{{ $_ := set $taken (printf "tcp/%d" (int64 $number)) (printf "MI's %s listener" $name) }}{{ end -}}
{{- range $name, $port := .values.ports | default dict -}}
{{- $where := include "mi.path" (list "workloads" $key "ports" $name) -}}
{{- if has $name (list "http" "https" "internal" "management" "unit-test") -}}
{{- include "mi.fault" (list $faults "MI-VALUES-RESERVED" $where "This is the name of one of MI's own ports. Rename it.") -}}
{{- else if $port -}}
{{- $id := printf "%s/%d" (ternary "udp" "tcp" (eq "udp" ($port.protocol | default "tcp"))) (int64 $port.port) -}}
{{- with get $taken $id -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.port" $where) (printf "The port %d is taken by %s. Use another port." (int64 $port.port) .)) -}}
{{- end -}}
{{- $_ := set $taken $id (printf "ports.%s" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.persistence: claims that several pods cannot share, and what a claim needs. Takes (root, workload).
*/}}
{{- define "mi.validate.persistence" -}}
{{- $workload := index . 1 -}}
{{- $faults := $workload.faults -}}
{{- $mounted := dict -}}
{{- range $name, $volume := $workload.values.persistence | default dict -}}
{{- if $volume -}}
{{- $where := include "mi.path" (list "workloads" $workload.key "persistence" $name) -}}
{{- if and (not $volume.existingClaim) (not $volume.size) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" $where "The volume names neither existingClaim nor size. Set size to have a claim created, or existingClaim to use one.") -}}
{{- end -}}
{{- if and (not $volume.mountPath) (not (has ($volume.what | default "") (list "registry" "offsets"))) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" $where "mountPath is missing. Only what: registry and what: offsets have a place of their own.") -}}
{{- end -}}
{{- $path := $volume.mountPath | default (include "mi.persistence.folder" $volume) -}}
{{- with get $mounted $path -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" $where (printf "The volume would be mounted where persistence.%s is. Set another mountPath, or keep one of them." .)) -}}
{{- end -}}
{{- $_ := set $mounted $path $name -}}
{{- $modes := $volume.accessModes -}}
{{- if and (not $volume.existingClaim) (gt (int64 $workload.most) 1) $modes (not (has "ReadWriteMany" $modes)) (not (has "ReadOnlyMany" $modes)) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.accessModes" $where) (printf "accessModes is %s, but the workload runs up to %d pods, which may be on different nodes. Use ReadWriteMany, or one pod." (join ", " $modes) (int64 $workload.most))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.artifacts: the chosen source has what it needs. Takes (root, workload).
*/}}
{{- define "mi.validate.artifacts" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $source := $workload.artifacts.source -}}
{{- $where := printf "%s.artifacts.source" $workload.path -}}
{{- $needs := dict
  "imageVolume" (list "reference" "Set the image that holds the archives.")
  "persistentVolumeClaim" (list "claimName" "Set the claim that holds the archives.")
  "configMap" (list "archives" "Name a ConfigMap for each archive, for example orders.car: {name: orders-archives}.")
  "initCopy" (list "select" "List file names or patterns, for example orders_1.0.0.car; without one no archive would be copied.") -}}
{{- with get $needs $source -}}
{{- if not (get (get $workload.artifacts $source | default dict) (index . 0)) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-NEEDS" $where (printf "artifacts.source is %s (workload %q), but artifacts.%s.%s is empty. %s" $source $workload.key $source (index . 0) (index . 1))) -}}
{{- end -}}
{{- end -}}
{{- $kubernetes := $root.Capabilities.KubeVersion.Version -}}
{{- if and (eq $source "imageVolume") (semverCompare "<1.31.0-0" $kubernetes) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-NEEDS" $where (printf "artifacts.source is imageVolume (workload %q), but Kubernetes %s has no image volumes. Use Kubernetes 1.35, or 1.31 and later with the feature gate ImageVolume; or artifacts.source initCopy." $workload.key $kubernetes)) -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.toml: keys of deployment.toml that the chart writes or counts with. Takes a dict: key, faults, server, toml.
*/}}
{{- define "mi.validate.toml" -}}
{{- $key := .key -}}
{{- $faults := .faults -}}
{{- $where := include "mi.path" (list "workloads" .key "deploymentToml") -}}
{{- $toml := .toml -}}
{{- $server := .server -}}
{{- include "mi.toml.lists" (dict "faults" $faults "path" $where "data" $toml "inline" false) -}}
{{- with $server.offset -}}
{{- if or (not (regexMatch "^[0-9]+(\\.0+)?$|e\\+" (toString .))) (ne (float64 .) (floor .)) (gt (float64 .) 50000.0) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-RANGE" (printf "%s.server.offset" $where) (printf "server.offset is %v (workload %q), but the ports of containers and Services follow from it. Write a whole number from 0 to 50000." . $key)) -}}
{{- end -}}
{{- end -}}
{{- if $server.hot_deployment -}}
{{- include "mi.fault" (list $faults "MI-VALUES-RESERVED" (printf "%s.server.hot_deployment" $where) (printf "server.hot_deployment is true (workload %q). In a pod an archive never changes in place, and with hot deployment the readiness check does not see faulty archives. Remove it; the chart writes false." $key)) -}}
{{- end -}}
{{- range list "graceful_shutdown_enabled" "graceful_shutdown_timeout" -}}
{{- if hasKey $server . -}}
{{- include "mi.fault" (list $faults "MI-VALUES-RESERVED" (printf "%s.server.%s" $where .) (printf "server.%s is set (workload %q), but the chart derives it, so that the pod is given the time that MI takes. Set gracefulShutdown.timeoutSeconds instead." . $key)) -}}
{{- end -}}
{{- end -}}
{{- /* MI writes [system.parameter] to carbon.properties, and its next start in the same container makes each
       entry a system property, also one that its command line has
       (org.wso2.micro.integrator.bootstrap.Bootstrap.addSystemProperties). */ -}}
{{- range $name, $value := ($toml.system).parameter -}}
{{- if has $name (list "serverRoles" "nodeId") -}}
{{- include "mi.fault" (list $faults "MI-VALUES-RESERVED" (include "mi.path" (list "workloads" $key "deploymentToml" "system" "parameter" $name)) (printf "system.parameter.%s is set (workload %q). It would replace what the chart starts the server with as soon as its container starts again. Remove it%s." $name $key (ternary "; set artifacts.roles, or deploymentToml.server.roles for other roles than MI's own" "" (eq $name "serverRoles")))) -}}
{{- end -}}
{{- end -}}
{{- $synapse := $toml.synapse_properties | default dict -}}
{{- $mediation := $toml.mediation | default dict -}}
{{- range list (get $synapse "internal.http.api.enabled") $mediation.internal_http_api_enable -}}
{{- if eq "false" (toString .) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.mediation.internal_http_api_enable" $where) (printf "deploymentToml switches MI's internal HTTP API off (workload %q: mediation.internal_http_api_enable), where the readiness and liveness checks are. Remove it; the port is inside the pod network only, and networkPolicy closes it further." $key)) -}}
{{- end -}}
{{- end -}}
{{- range list "readiness_probe" "liveness_probe" -}}
{{- $protocols := (get $toml . | default dict).protocols -}}
{{- if and $protocols (not (has "http" (splitList " " (toString $protocols)))) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.%s.protocols" $where .) (printf "protocols is %v (workload %q), but the kubelet checks over http. Write \"http https\"." $protocols $key)) -}}
{{- end -}}
{{- end -}}
{{- if eq "false" (toString ((($toml.transport).http).listener).enable) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.transport.http.listener.enable" $where) (printf "transport.http.listener.enable is false (workload %q), but the startup check waits for that listener, which MI opens last. Leave it open, and set service.http.enabled: false to keep it inside the pod." $key)) -}}
{{- end -}}
{{- end -}}
