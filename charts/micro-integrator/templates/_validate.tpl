{{/*
Refusals: what the schema cannot say, and the promises of the patterns again, so that they hold with --skip-schema-validation.
Every sentence names the key and the way out.

mi.validate: the rules over all workloads. Takes the root, after mi.resolve filled .Values.resolved.
*/}}
{{- define "mi.validate" -}}
{{- $resolved := .Values.resolved -}}
{{- $pattern := $resolved.pattern -}}
{{- if not (has $pattern (list "single-replica" "multiple-replicas" "coordinated")) -}}
{{- fail (printf "\n\npattern is %q. Use single-replica, multiple-replicas or coordinated." $pattern) -}}
{{- end -}}
{{- $keys := keys $resolved.byKey | sortAlpha -}}
{{- if and (eq $pattern "single-replica") (gt (len $keys) 1) -}}
{{- fail (printf "\n\npattern single-replica runs one workload, but workloads has %d: %s. Keep one of them, or set pattern: coordinated." (len $keys) (join ", " $keys)) -}}
{{- end -}}
{{- if and $resolved.database (ne $pattern "coordinated") -}}
{{- fail (printf "\n\ncoordination.mode database needs several equal servers, which pattern %s does not run. Set pattern: coordinated, or coordination.mode: isolate." $pattern) -}}
{{- end -}}
{{- if and $resolved.database (eq "image" ((.Values.runtime).deploymentTomlFrom | default "values")) -}}
{{- fail "\n\ncoordination.mode database writes deployment.toml, but runtime.deploymentTomlFrom is image. Set runtime.deploymentTomlFrom: values." -}}
{{- end -}}
{{- include "mi.validate.environment" (dict "where" "env" "env" .Values.env "database" $resolved.database) -}}
{{- $owners := dict -}}
{{- $carriers := dict -}}
{{- $claims := dict -}}
{{- $databases := dict -}}
{{- range $workload := $resolved.workloads -}}
{{- include "mi.validate.workload" (dict "root" $ "workload" $workload "pattern" $pattern "database" $resolved.database) -}}
{{- range $artifact := (($workload.values.artifacts).stateful | default list) -}}
{{- with get $owners $artifact -}}
{{- fail (printf "\n\nThe stateful artifact %s is listed in the workloads %s and %s, so it would be active in both. List it under artifacts.stateful of one of them." $artifact . $workload.key) -}}
{{- end -}}
{{- $_ := set $owners $artifact $workload.key -}}
{{- end -}}
{{- range $role := $workload.ownRoles -}}
{{- with get $carriers $role -}}
{{- if or .isolated $workload.isolated -}}
{{- fail (printf "\n\nThe server role %s is in the workloads %s and %s, and one of them is stateful: what carries the role would be active in both. List it under artifacts.roles of one of them." $role .key $workload.key) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $carriers $role $workload -}}
{{- end -}}
{{- range $name, $volume := $workload.values.persistence | default dict -}}
{{- if and $volume (not $volume.existingClaim) -}}
{{- $claim := include "mi.claimName" (list $workload $name) -}}
{{- with get $claims $claim -}}
{{- fail (printf "\n\nThe workloads %s and %s would both own the claim %q. Rename one of the persistence entries." . $workload.key $claim) -}}
{{- end -}}
{{- $_ := set $claims $claim $workload.key -}}
{{- end -}}
{{- end -}}
{{- $database := $workload.coordinates -}}
{{- if $database -}}
{{- with get $databases $database -}}
{{- fail (printf "\n\nThe workloads %s and %s coordinate through the same database (%q). Its task table has no column for a group, so each would delete or take the other's tasks. Keep one workload, give each its own database (workloads.%s.coordination.database.url), or set coordination.mode: isolate." . $workload.key $database $workload.key) -}}
{{- end -}}
{{- $_ := set $databases $database $workload.key -}}
{{- end -}}
{{- end -}}
{{- include "mi.validate.roles" . -}}
{{- if eq $pattern "coordinated" }}{{ include "mi.validate.isolation" . }}{{ end -}}
{{- end -}}

{{/*
mi.validate.isolation: what an isolated workload runs is deployed by no other. The archives are the same wherever they come from
the same place, so that the server roles have to tell them apart. Takes the root.
*/}}
{{- define "mi.validate.isolation" -}}
{{- $all := .Values.resolved.workloads -}}
{{- range $workload := $all -}}
{{- if and $workload.isolated (not $workload.ownRoles) -}}
{{- $archives := include "mi.archivesOf" $workload -}}
{{- range $other := $all -}}
{{- $shared := false -}}
{{- range $workload.roles }}{{ if has . $other.roles }}{{ $shared = true }}{{ end }}{{ end -}}
{{- if and (ne $other.key $workload.key) $shared (eq $archives (include "mi.archivesOf" $other)) -}}
{{- fail (printf "\n\nThe workload %s is stateful, but nothing tells its artifacts from those of %s: both have the same archives and no server role of their own, so each of their pods would run all of it. Give the artifacts a role (serverRole in the archive's artifact.xml; mi-patterns package does it), and list it under workloads.%s.artifacts.roles." $workload.key $other.key $workload.key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.archivesOf: everything that can bring archives into the pods of a workload, as text to compare. Takes a workload.
*/}}
{{- define "mi.archivesOf" -}}
{{- $values := .values -}}
{{- list $values.image .artifacts .files $values.extraVolumes $values.extraVolumeMounts $values.extraInitContainers $values.persistence | toJson -}}
{{- end -}}

{{/*
mi.validate.roles: with a list of the roles in the archives, each is carried by a workload, and no workload names another.
A server takes an artifact when one of its roles, as a regular expression, matches the artifact's role as a whole. Takes the root.
*/}}
{{- define "mi.validate.roles" -}}
{{- $listed := (.Values.artifacts).roles | default list -}}
{{- if $listed -}}
{{- $carried := dict -}}
{{- range $workload := .Values.resolved.workloads -}}
{{- range $role := $workload.ownRoles -}}
{{- $known := false -}}
{{- range $listed }}{{ if or (eq $role .) (regexMatch (printf "^(?:%s)$" $role) .) }}{{ $known = true }}{{ $_ := set $carried . true }}{{ end }}{{ end -}}
{{- if not $known -}}
{{- fail (printf "\n\nworkloads.%s.artifacts.roles has %s, but artifacts.roles does not list it, so no archive has such a role: nothing would be deployed for it. Correct it, or add it to artifacts.roles. Listed are: %s." $workload.key $role (join ", " $listed)) -}}
{{- end -}}
{{- end -}}
{{- /* MI's own roles, and those that deploymentToml.server.roles names. */ -}}
{{- range $role := $workload.roles }}{{ if has $role $listed }}{{ $_ := set $carried $role true }}{{ end }}{{ end -}}
{{- end -}}
{{- $lost := list -}}
{{- range $listed }}{{ if not (hasKey $carried .) }}{{ $lost = append $lost . }}{{ end }}{{ end -}}
{{- if $lost -}}
{{- fail (printf "\n\nNo workload carries the server role %s, so MI would leave out what has it without a word. List it under artifacts.roles of one workload%s." (join ", " $lost) (ternary ", or use another pattern: multiple-replicas runs nothing stateful" "" (eq .Values.resolved.pattern "multiple-replicas"))) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.workload: the rules of one workload. Takes a dict: root, workload, pattern, database.
*/}}
{{- define "mi.validate.workload" -}}
{{- $workload := .workload -}}
{{- $key := $workload.key -}}
{{- $values := $workload.values -}}
{{- $stateful := ($values.artifacts).stateful | default list -}}
{{- if regexMatch "-(headless|management)$" $key -}}
{{- fail (printf "\n\nThe workload key %q ends like the Services that the chart derives from a key (-headless, -management). Rename the workload." $key) -}}
{{- end -}}
{{- range $name := keys ($values.ports | default dict) -}}
{{- if has $name (list "http" "https" "internal" "management" "unit-test") -}}
{{- fail (printf "\n\nworkloads.%s.ports.%s has the name of one of MI's own ports. Rename it." $key $name) -}}
{{- end -}}
{{- end -}}
{{- if not (has $workload.type (list "stateless" "stateful")) -}}
{{- fail (printf "\n\nworkloads.%s.type is %q. Use stateless or stateful." $key $workload.type) -}}
{{- end -}}
{{- if eq .pattern "single-replica" -}}
{{- if $workload.autoscaled -}}
{{- fail (printf "\n\npattern single-replica runs one pod, but autoscaling is enabled for workload %q. Set autoscaling.enabled: false, or another pattern." $key) -}}
{{- end -}}
{{- if ne (int64 $workload.replicas) 1 -}}
{{- fail (printf "\n\npattern single-replica runs one pod, but workloads.%s.replicas is %d. Set replicas: 1, or another pattern: multiple-replicas for equal pods, coordinated when some artifacts are stateful." $key (int64 $workload.replicas)) -}}
{{- end -}}
{{- end -}}
{{- if eq .pattern "multiple-replicas" -}}
{{- if or (eq $workload.type "stateful") $stateful -}}
{{- fail (printf "\n\npattern multiple-replicas runs the same pod several times, but workload %q is stateful%s. Set pattern: coordinated, or take the stateful artifacts out." $key (ternary (printf " (%s)" (join ", " $stateful)) "" (gt (len $stateful) 0))) -}}
{{- end -}}
{{- if lt (int64 $workload.fewest) 2 -}}
{{- fail (printf "\n\npattern multiple-replicas needs at least 2 pods, but workloads.%s.%s is %d. Raise it, or set pattern: single-replica." $key (ternary "autoscaling.minReplicas" "replicas" $workload.autoscaled) (int64 $workload.fewest)) -}}
{{- end -}}
{{- end -}}
{{- if and $workload.isolated (ne .pattern "single-replica") -}}
{{- if $workload.autoscaled -}}
{{- fail (printf "\n\nworkload %q is stateful and has one active pod, but autoscaling is enabled for it. Set autoscaling.enabled: false, or coordination.mode: database." $key) -}}
{{- end -}}
{{- if ne (int64 $workload.replicas) 1 -}}
{{- fail (printf "\n\nworkload %q is stateful and has one active pod, but its replicas is %d: its tasks would run %d times. Set replicas: 1, type: stateless if nothing in it is stateful, or coordination.mode: database." $key (int64 $workload.replicas) (int64 $workload.replicas)) -}}
{{- end -}}
{{- end -}}
{{- if and $workload.isolated $workload.own.strategy -}}
{{- fail (printf "\n\nworkloads.%s.strategy asks for pods that overlap during an update, but the workload is stateful: the old pod and the new one would both be active. Remove strategy; the old pod is stopped first." $key) -}}
{{- end -}}
{{- if and (eq $workload.type "stateless") $stateful (not .database) -}}
{{- fail (printf "\n\nworkload %q is stateless, but artifacts.stateful lists %s. Set type: stateful, or move them to a stateful workload." $key (join ", " $stateful)) -}}
{{- end -}}
{{- if and $workload.autoscaled (gt (int64 $workload.fewest) (int64 $workload.most)) -}}
{{- fail (printf "\n\nworkloads.%s.autoscaling.minReplicas (%d) is above maxReplicas (%d)." $key (int64 $workload.fewest) (int64 $workload.most)) -}}
{{- end -}}
{{- if and $workload.isolated (ne .pattern "single-replica") (has ($workload.service.type | default "ClusterIP") (list "LoadBalancer" "NodePort")) -}}
{{- fail (printf "\n\nworkloads.%s.service.type is %s, but the workload is stateful: its one pod is away whenever it moves, so it gets no public address. Use ClusterIP, and route the public to a stateless workload; `service.type` of the release reaches only those." $key $workload.service.type) -}}
{{- end -}}
{{- include "mi.validate.environment" (dict "where" (printf "workloads.%s.env" $key) "env" $values.env "database" .database) -}}
{{- include "mi.validate.fencing" (list .root $workload) -}}
{{- include "mi.validate.memory" $workload -}}
{{- include "mi.validate.ports" $workload -}}
{{- include "mi.validate.persistence" (list .root $workload) -}}
{{- include "mi.validate.collisions" (list .root $workload) -}}
{{- include "mi.validate.requests" $workload -}}
{{- include "mi.validate.artifacts" (list .root $workload) -}}
{{- include "mi.validate.files" (list .root $workload) -}}
{{- if and ($values.verticalAutoscaling).enabled $workload.autoscaled (ne "Off" ($values.verticalAutoscaling.mode | default "Off")) -}}
{{- fail (printf "\n\nworkloads.%s has autoscaling and verticalAutoscaling.mode %s: both would react to the same CPU use. Set verticalAutoscaling.mode: \"Off\", or leave one out." $key $values.verticalAutoscaling.mode) -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.files: each file over MI's home comes from one place. Takes (root, workload).
*/}}
{{- define "mi.validate.files" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $taken := dict "conf/deployment.toml" "deploymentToml" "conf/file.properties" "properties" "conf/log4j2.properties" "log4j2" -}}
{{- if eq "image" (($root.Values.runtime).deploymentTomlFrom | default "values") }}{{ $_ := unset $taken "conf/deployment.toml" }}{{ end -}}
{{- range $name, $store := $root.Values.keystores | default dict -}}
{{- if and $store $store.secretName }}{{ $_ := set $taken (printf "repository/resources/security/%s" (get $root.Values.resolved.keystoreFiles $name)) (printf "keystores.%s" $name) }}{{ end -}}
{{- end -}}
{{- if eq $workload.artifacts.source "configMap" }}{{ range $file, $from := ($workload.artifacts.configMap).archives }}{{ if $from }}{{ $_ := set $taken (printf "repository/deployment/server/carbonapps/%s" $file) "artifacts.configMap" }}{{ end }}{{ end }}{{ end -}}
{{- range $path, $file := $workload.files -}}
{{- if kindIs "map" $file -}}
{{- with get $taken $path }}{{ fail (printf "\n\nfiles[%q] is written by %s too (workload %q). Use only one of them." $path . $workload.key) }}{{ end -}}
{{- if not (or $file.secret $file.configMap (kindIs "string" $file.text)) }}{{ fail (printf "\n\nfiles[%q] has no content (workload %q). Set secret, configMap or text." $path $workload.key) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.environment: names that the chart writes itself. Takes a dict: where, env, database.
*/}}
{{- define "mi.validate.environment" -}}
{{- $where := .where -}}
{{- range $name, $value := .env | default dict -}}
{{- if has $name (list "JAVA_OPTS" "JVM_MEM_OPTS" "JAVA_MEM_OPTS" "NODE_PARAMS") -}}
{{- fail (printf "\n\n%s.%s: the chart writes the options of the JVM. Set heap.max for the heap and jvm.options for the rest (JVM_MEM_OPTS would size the diagnostics JVM too, and MI does not read JAVA_MEM_OPTS)." $where $name) -}}
{{- end -}}
{{- if and $.database (eq $name "nodeId") -}}
{{- fail (printf "\n\n%s.nodeId: with coordination.mode database every start of a server has a node id of its own, since two with one id do not start. Remove it." $where) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.memory: the container must hold the heap and what the JVMs need beside it (at least 128 MiB). Takes a workload.
*/}}
{{- define "mi.validate.memory" -}}
{{- $initial := include "mi.mebibytes" ((.values.heap).initial | default "0Mi") | int64 -}}
{{- if gt $initial .heap -}}
{{- fail (printf "\n\nworkloads.%s.heap.initial is above heap.max (%d MiB). Lower it, or leave it out." .key (int64 .heap)) -}}
{{- end -}}
{{- $limit := ((.values.resources).limits).memory -}}
{{- if $limit -}}
{{- $mebibytes := include "mi.mebibytes" $limit | int64 -}}
{{- if lt $mebibytes (add .heap 128) -}}
{{- fail (printf "\n\nworkloads.%s.resources.limits.memory is %v, which is too little for a heap of %d MiB: metaspace, threads and the diagnostics JVM need at least 128 MiB more, better 512. Raise it, lower heap.max, or remove it to have it derived (%d MiB)." .key $limit (int64 .heap) (int64 .memory)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.ports: every port in a pod once. Takes a workload.
*/}}
{{- define "mi.validate.ports" -}}
{{- $taken := dict -}}
{{- range $name, $number := .ports }}{{ $_ := set $taken (printf "tcp/%d" (int64 $number)) (printf "MI's %s listener" $name) }}{{ end -}}
{{- $key := .key -}}
{{- range $name, $port := .values.ports | default dict -}}
{{- if $port -}}
{{- $id := printf "%s/%d" (ternary "udp" "tcp" (eq "udp" ($port.protocol | default "tcp"))) (int64 $port.port) -}}
{{- with get $taken $id -}}
{{- fail (printf "\n\nworkloads.%s.ports.%s.port %d is taken by %s. Use another port." $key $name (int64 $port.port) .) -}}
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
{{- $mounted := dict -}}
{{- range $name, $volume := $workload.values.persistence | default dict -}}
{{- if $volume -}}
{{- $where := printf "workloads.%s.persistence.%s" $workload.key $name -}}
{{- if and (not $volume.existingClaim) (not $volume.size) -}}
{{- fail (printf "\n\n%s names neither existingClaim nor size. Set size to have a claim created, or existingClaim to use one." $where) -}}
{{- end -}}
{{- if and (not $volume.mountPath) (not (has ($volume.what | default "") (list "registry" "offsets"))) -}}
{{- fail (printf "\n\n%s.mountPath is missing. Only what: registry and what: offsets have a place of their own." $where) -}}
{{- end -}}
{{- $path := $volume.mountPath | default (include "mi.persistence.folder" $volume) -}}
{{- with get $mounted $path }}{{ fail (printf "\n\n%s would be mounted where persistence.%s is. Set another mountPath, or keep one of them." $where .) }}{{ end -}}
{{- $_ := set $mounted $path $name -}}
{{- if and (not $volume.existingClaim) (gt (int64 $workload.most) 1) $volume.accessModes (not (has "ReadWriteMany" $volume.accessModes)) (not (has "ReadOnlyMany" $volume.accessModes)) -}}
{{- fail (printf "\n\n%s.accessModes is %s, but the workload runs up to %d pods, which may be on different nodes. Use ReadWriteMany, or one pod." $where (join ", " $volume.accessModes) (int64 $workload.most)) -}}
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
{{- $artifacts := $workload.artifacts -}}
{{- $where := printf "artifacts.source is %s (workload %q), but" ($artifacts.source | default "image") $workload.key -}}
{{- if eq $artifacts.source "imageVolume" -}}
{{- if not ($artifacts.imageVolume).reference }}{{ fail (printf "\n\n%s artifacts.imageVolume.reference is empty. Set the image that holds the archives." $where) }}{{ end -}}
{{- if semverCompare "<1.31.0-0" $root.Capabilities.KubeVersion.Version }}{{ fail (printf "\n\n%s Kubernetes %s has no image volumes. Use Kubernetes 1.35, or 1.31 and later with the feature gate ImageVolume; or artifacts.source initCopy." $where $root.Capabilities.KubeVersion.Version) }}{{ end -}}
{{- else if eq $artifacts.source "persistentVolumeClaim" -}}
{{- if not ($artifacts.persistentVolumeClaim).claimName }}{{ fail (printf "\n\n%s artifacts.persistentVolumeClaim.claimName is empty. Set the claim that holds the archives." $where) }}{{ end -}}
{{- else if eq $artifacts.source "configMap" -}}
{{- if not ($artifacts.configMap).archives }}{{ fail (printf "\n\n%s artifacts.configMap.archives is empty. Name a ConfigMap for each archive, for instance orders.car: {name: orders-archives}." $where) }}{{ end -}}
{{- else if eq $artifacts.source "initCopy" -}}
{{- if not ($artifacts.initCopy).select }}{{ fail (printf "\n\n%s artifacts.initCopy.select is empty, so no archive would be copied. List file names or patterns, for instance orders_1.0.0.car." $where) }}{{ end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.toml: keys of deployment.toml that the chart writes or counts with. Takes a dict: key, server, toml.
*/}}
{{- define "mi.validate.toml" -}}
{{- with .server.offset -}}
{{- if or (not (or (kindIs "float64" .) (kindIs "int64" .) (kindIs "int" .))) (ne (float64 .) (floor .)) (lt (float64 .) 0.0) (gt (float64 .) 50000.0) -}}
{{- fail (printf "\n\ndeploymentToml.server.offset is %v (workload %q), but the ports of containers and Services follow from it. Write a whole number from 0 to 50000." . $.key) -}}
{{- end -}}
{{- end -}}
{{- if .server.hot_deployment -}}
{{- fail (printf "\n\ndeploymentToml.server.hot_deployment is true (workload %q). In a pod an archive never changes in place, and with hot deployment the readiness check does not see faulty archives. Remove it; the chart writes false." .key) -}}
{{- end -}}
{{- $synapse := .toml.synapse_properties | default dict -}}
{{- $mediation := .toml.mediation | default dict -}}
{{- range list (get $synapse "internal.http.api.enabled") $mediation.internal_http_api_enable -}}
{{- if eq "false" (toString .) -}}
{{- fail (printf "\n\ndeploymentToml switches MI's internal HTTP API off (workload %q: mediation.internal_http_api_enable), where the readiness and liveness checks are. Remove it; the port is inside the pod network only, and networkPolicy closes it further." $.key) -}}
{{- end -}}
{{- end -}}
{{- range list "readiness_probe" "liveness_probe" -}}
{{- $protocols := (get $.toml . | default dict).protocols -}}
{{- if and $protocols (not (has "http" (splitList " " (toString $protocols)))) -}}
{{- fail (printf "\n\ndeploymentToml.%s.protocols is %v (workload %q), but the kubelet checks over http. Write \"http https\"." . $protocols $.key) -}}
{{- end -}}
{{- end -}}
{{- if eq "false" (toString (((.toml.transport).http).listener).enable) -}}
{{- fail (printf "\n\ndeploymentToml.transport.http.listener.enable is false (workload %q), but the startup check waits for that listener, which MI opens last. Leave it open, and set service.http.enabled: false to keep it inside the pod." .key) -}}
{{- end -}}
{{- range list "graceful_shutdown_enabled" "graceful_shutdown_timeout" -}}
{{- if hasKey $.server . -}}
{{- fail (printf "\n\ndeploymentToml.server.%s is set (workload %q), but the chart derives it, so that the pod is given the time that MI takes. Set gracefulShutdown.timeoutSeconds instead." . $.key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
