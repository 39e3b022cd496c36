{{- /* The rules of each workload. */ -}}
{{- include "mi.decide" . -}}
{{- $resolved := .Values.resolved -}}
{{- include "mi.validate.environment" (dict "faults" $resolved.faults "where" "env" "env" .Values.env "database" $resolved.database) -}}
{{- range $workload := $resolved.workloads -}}
{{- include "mi.validate.workload" (dict "root" $ "workload" $workload "pattern" $resolved.pattern "database" $resolved.database) -}}
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
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" $where (printf "The workload key %q ends in -headless or -management, which the chart appends to the names of its own Services. Rename the workload." $key)) -}}
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
{{- $entrypoint := and $workload.fenced (not $values.command) -}}
{{- if and $workload.ownRoles (eq "rest" (include "mi.argumentsOf" (ternary (.root.Values.fencing | default dict).entrypoint $values.command (not (empty $entrypoint))))) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (ternary "fencing.entrypoint" (printf "%s.command" $where) (not (empty $entrypoint))) (printf "The shell takes the first argument of the container as its own name, and that is -DserverRoles: the server would skip the artifacts with the roles %s. Add a word after the script, for example --." (join ", " $workload.ownRoles))) -}}
{{- end -}}
{{- include "mi.validate.fencing" (list .root $workload) -}}
{{- include "mi.validate.memory" $workload -}}
{{- if eq $workload.kind "Deployment" }}{{ include "mi.validate.progress" $workload }}{{ end -}}
{{- include "mi.validate.scheduling" $workload -}}
{{- include "mi.validate.ports" $workload -}}
{{- include "mi.validate.persistence" (list .root $workload) -}}
{{- include "mi.validate.collisions" (list .root $workload) -}}
{{- include "mi.validate.requests" $workload -}}
{{- include "mi.validate.artifacts" (list .root $workload) -}}
{{- include "mi.validate.archives" (list .root $workload) -}}
{{- include "mi.validate.files" (list .root $workload) -}}
{{- if and $values.extraVolumeMounts (not $values.command) }}{{ include "mi.validate.hiddenFiles" (list .root $workload) }}{{ end -}}
{{- if .database -}}
{{- include "mi.validate.coordination" $workload -}}
{{- include "mi.validate.coordination.shared" (list .root $workload) -}}
{{- end -}}
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
{{- include "mi.fault" (list $faults "MI-VALUES-SINGLE-REPLICA" (printf "%s.autoscaling.enabled" $where) (printf "Pattern single-replica runs one pod, but autoscaling is enabled for workload %q. Set autoscaling.enabled: false, or another pattern." $key)) -}}
{{- else if ne $replicas 1 -}}
{{- include "mi.fault" (list $faults "MI-VALUES-SINGLE-REPLICA" (printf "%s.replicas" $where) (printf "Pattern single-replica runs one pod, but replicas is %d. Set replicas: 1, or another pattern: multiple-replicas for equal pods, coordinated when some artifacts are stateful." $replicas)) -}}
{{- end -}}
{{- else if eq .pattern "multiple-replicas" -}}
{{- if or (eq $workload.type "stateful") $stateful -}}
{{- include "mi.fault" (list $faults "MI-VALUES-MULTIPLE-REPLICAS" (printf "%s.%s" $where (ternary "type" "artifacts.stateful" (eq $workload.type "stateful"))) (printf "Pattern multiple-replicas runs the same pod several times, but workload %q is stateful%s. Set pattern: coordinated, or take the stateful artifacts out." $key (ternary (printf " (%s)" (join ", " $stateful)) "" (gt (len $stateful) 0)))) -}}
{{- else if lt (int64 $workload.fewest) 2 -}}
{{- include "mi.fault" (list $faults "MI-VALUES-MULTIPLE-REPLICAS" (printf "%s.%s" $where (ternary "autoscaling.minReplicas" "replicas" $workload.autoscaled)) (printf "Pattern multiple-replicas needs at least 2 pods, but %s is %d. Raise it, or set pattern: single-replica." (ternary "minReplicas" "replicas" $workload.autoscaled) (int64 $workload.fewest))) -}}
{{- end -}}
{{- else if $workload.isolated -}}
{{- if $workload.autoscaled -}}
{{- include "mi.fault" (list $faults "MI-VALUES-COORDINATED" (printf "%s.autoscaling.enabled" $where) (printf "Workload %q is stateful and has one active pod, but autoscaling is enabled for it. Set autoscaling.enabled: false, or coordination.mode: database." $key)) -}}
{{- else if ne $replicas 1 -}}
{{- $way := ternary "Set paused: true to stop it for a while, or replicas: 1" "Set replicas: 1, type: stateless if nothing in it is stateful, or coordination.mode: database" (eq $replicas 0) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-COORDINATED" (printf "%s.replicas" $where) (printf "Workload %q is stateful and has one active pod, but its replicas is %d: its tasks would run %d times. %s." $key $replicas $replicas $way)) -}}
{{- end -}}
{{- $type := $workload.service.type | default "ClusterIP" -}}
{{- if and (has $type (list "LoadBalancer" "NodePort")) (or (not $workload.hasService) (ne $type (($workload.own.service).type | default ""))) -}}
{{- $way := ternary (printf "If clients outside of the cluster need just this pod, set workloads.%s.service.type" $key) (printf "If its artifacts answer HTTP, set workloads.%s.service.enabled: true; if they listen on ports of their own, name these under ports" $key) $workload.hasService -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.service.type" $where) (printf "The type is %s, but the workload is stateful%s. Use ClusterIP, and route public traffic to a stateless workload. %s." $type (ternary ": its one pod is down whenever it moves, so it gets a public address only if the workload itself asks for one" " and opens no port" $workload.hasService) $way)) -}}
{{- end -}}
{{- end -}}
{{- if and $workload.isolated (not $workload.fenced) $workload.own.strategy -}}
{{- include "mi.fault" (list $faults "MI-VALUES-COORDINATED" (printf "%s.strategy" $where) "strategy asks for pods that overlap during an update, but the workload is stateful: the old pod and the new one would both be active. Remove strategy; the old pod is stopped first.") -}}
{{- end -}}
{{- if and (eq $workload.type "stateless") $stateful (not .database) (ne .pattern "multiple-replicas") -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.artifacts.stateful" $where) (printf "Workload %q is stateless, but artifacts.stateful lists %s. Set type: stateful, or move them to a stateful workload." $key (join ", " $stateful))) -}}
{{- end -}}
{{- if and (eq .pattern "coordinated") (not .database) (not $workload.own.type) (not (.root.Values.workloadDefaults).type) -}}
{{- range $workload.ownRoles -}}
{{- if hasPrefix "MiIsolated" . -}}
{{- include "mi.fault" (list $faults "MI-VALUES-NEEDS" $where (printf "The workload has the server role %s and no type, so it would be stateless, and each of its pods would run the artifacts with this role. Set type: stateful; or type: stateless if none of them must run in one place only." .)) -}}
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
{{- if kindIs "map" $file }}{{ include "mi.validate.oneSource" (list $workload.faults (include "mi.path" (list "workloads" $workload.key "files" $path)) $file) }}{{ end -}}
{{- if and (kindIs "map" $file) (hasKey $taken $path) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (include "mi.path" (list "workloads" $workload.key "files" $path)) (printf "This file is written by %s too (workload %q). Use only one of them." (get $taken $path) $workload.key)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.hiddenFiles: mounts over files of the chart. WSO2's entry point copies these from a volume of their own into
MI's home, and the container ends where it cannot (docker-ei, docker-entrypoint.sh: `set -e`, `cp -RL`); another entry
point may do otherwise. Takes (root, workload).
*/}}
{{- define "mi.validate.hiddenFiles" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $written := list -}}
{{- range $workload.sources | fromYamlArray }}{{ range $source := . }}{{ range $source.items }}{{ $written = append $written .path }}{{ end }}{{ end }}{{ end -}}
{{- range $at, $mount := $workload.values.extraVolumeMounts -}}
{{- if $mount -}}
{{- $path := clean $at -}}
{{- $volume := get ($workload.values.extraVolumes | default dict) ($mount.name | default "") | default dict -}}
{{- $readOnly := or $mount.readOnly (gt (len (pick $volume "configMap" "secret" "projected" "downwardAPI" "image")) 0) -}}
{{- $hidden := list -}}
{{- range $written -}}
{{- $file := printf "%s/%s" $root.Values.resolved.home . -}}
{{- if or (eq $path $file) (and $readOnly (hasPrefix (printf "%s/" $path) $file) (hasPrefix $root.Values.resolved.home $path)) }}{{ $hidden = append $hidden . }}{{ end -}}
{{- end -}}
{{- $sentence := "WSO2's entry point copies %s of the chart to this place before the start: on a read-only volume it cannot, and the container ends; elsewhere it replaces the mounted file." -}}
{{- if eq $path $root.Values.resolved.configVolume -}}
{{- $hidden = $written -}}
{{- $sentence = "The chart delivers %s in a volume at this path, which this mount would replace: the server would start without them." -}}
{{- end -}}
{{- if $hidden -}}
{{- $way := ternary "Write the keys of the file under deploymentToml, or set runtime.deploymentTomlFrom: image if the mount has the whole file." "Deliver the files of the mount under files instead." (has "conf/deployment.toml" $hidden) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (include "mi.path" (list "workloads" $workload.key "extraVolumeMounts" $at)) (printf "%s %s" (printf $sentence (join ", " $hidden)) $way)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.jvm: options that would undo what the chart writes before them: the heap, which sizes the container, and the
server roles, which decide what the pod deploys. The last one on the command line wins. And words that MI's start script
takes as commands (wso2/micro-integrator, distribution/src/scripts/micro-integrator.sh): `--debug` adds `suspend=y`, the
others end the script. Takes a dict: faults, where, values.
*/}}
{{- define "mi.validate.jvm" -}}
{{- $dot := . -}}
{{- $places := dict "jvm.options" ((.values.jvm).options | default list) "jvm.arguments" ((.values.jvm).arguments | default list) "command" (.values.command | default list) -}}
{{- range $place, $words := $places -}}
{{- range $words -}}
{{- /* No pattern of the schema says this, since helm's message would show what may be a password. */ -}}
{{- if and (ne $place "command") (regexMatch "\\s" .) -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-FORMAT" (printf "%s.%s" $dot.where $place) "An entry has a blank in it. Write each option as an entry of its own.") -}}
{{- else if and (eq $place "jvm.options") (not (hasPrefix "-" .)) -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-FORMAT" (printf "%s.%s" $dot.where $place) "Options of the JVM begin with a hyphen, and one here does not. Write a property of Java as -Dname=value; jvm.arguments takes other words.") -}}
{{- end -}}
{{- if regexMatch "(^|[\\s'\"])-DserverRoles\\b" . -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-RESERVED" (printf "%s.%s" $dot.where $place) "The chart writes -DserverRoles, and a second one would replace it: the pods would deploy other artifacts than the values say. Set artifacts.roles, or deploymentToml.server.roles for other roles than MI's own.") -}}
{{- end -}}
{{- if regexMatch "^@|^-XX:(VMOptionsFile|Flags)=" . -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-RESERVED" (printf "%s.%s" $dot.where $place) (printf "%s takes options from a file, where the chart cannot see heap and server roles. List the options themselves." (regexFind "\\S+" .))) -}}
{{- end -}}
{{- $word := regexFind "^-{0,2}(debug|start|stop|restart|version)$" . | trimAll "-" -}}
{{- if and (eq $place "jvm.arguments") $word -}}
{{- $what := ternary "wait for a debugger, so the pod would not get ready. Remove it; to debug, add -agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005 to jvm.options" "end before MI runs, and the container with it. Remove it" (eq $word "debug") -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-RESERVED" (printf "%s.%s" $dot.where $place) (printf "%s makes MI's start script %s." . $what)) -}}
{{- end -}}
{{- if and (ne $place "command") (regexMatch "(^|\\s)-(Xm[sx]|XX:(Max|Min|Initial)(RAMPercentage|RAMFraction|HeapSize)\\b)" .) -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-RESERVED" (printf "%s.%s" $dot.where $place) (printf "%s sets the heap, which the chart sets itself to derive the container's memory from it. Use heap.max and heap.initial." (regexFind "-X\\S+" .))) -}}
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
{{- include "mi.fault" (list .faults "MI-VALUES-CONDITION" (printf "%s.resources.limits.memory" $where) (printf "The limit is %s, which is too little for a heap of %d MiB: metaspace, threads and the diagnostics JVM need at least 128 MiB more, better 512. Raise the limit, lower heap.max, or remove the limit: the chart then derives it (%d MiB)." (include "mi.plain" $limit) (int64 .heap) (int64 .memory))) -}}
{{- end -}}
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
{{- $strategy := .values.strategy | default dict -}}
{{- $none := list "0" "0%" -}}
{{- if and .surge (has (toString $strategy.maxSurge) $none) (has (toString $strategy.maxUnavailable) $none) -}}
{{- include "mi.fault" (list .faults "MI-VALUES-CONDITION" (printf "%s.strategy.maxUnavailable" .path) "maxSurge and maxUnavailable are both 0, so an update could neither start a new pod nor end an old one, and Kubernetes refuses such a Deployment. Set maxUnavailable: 1, or leave it out.") -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.scheduling: what Kubernetes refuses in the pods' tolerations, hooks, DNS and users. Takes a workload.
*/}}
{{- define "mi.validate.scheduling" -}}
{{- $faults := .faults -}}
{{- $where := .path -}}
{{- range .values.tolerations -}}
{{- if and (eq "Exists" (.operator | default "")) .value -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.tolerations" $where) (printf "The operator Exists takes no value (%v): Kubernetes refuses such a toleration. Remove value, or use operator: Equal." .value)) -}}
{{- end -}}
{{- if and (not .key) (ne "Exists" (.operator | default "")) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.tolerations" $where) "A toleration without a key tolerates every taint, and Kubernetes accepts it only with operator: Exists. Set the key, or that operator.") -}}
{{- end -}}
{{- if and (not (kindIs "invalid" .tolerationSeconds)) (hasKey . "tolerationSeconds") (ne "NoExecute" (.effect | default "")) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.tolerations" $where) "Only effect NoExecute takes tolerationSeconds: Kubernetes refuses it elsewhere. Remove tolerationSeconds, or set effect: NoExecute.") -}}
{{- end -}}
{{- end -}}
{{- range $hook, $handler := .values.lifecycle | default dict -}}
{{- $kinds := list -}}
{{- range $kind, $what := $handler }}{{ if not (kindIs "invalid" $what) }}{{ $kinds = append $kinds $kind }}{{ end }}{{ end -}}
{{- if gt (len $kinds) 1 -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.lifecycle.%s" $where $hook) (printf "A hook has one action, and Kubernetes refuses one with %s. Keep one of them." (join " and " $kinds))) -}}
{{- end -}}
{{- end -}}
{{- if and (eq "None" (.values.dnsPolicy | default "")) (not (.values.dnsConfig).nameservers) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-NEEDS" (printf "%s.dnsPolicy" $where) "With dnsPolicy: None the pods take their name servers from dnsConfig.nameservers, which is empty: Kubernetes refuses them. Name one there, or use another dnsPolicy.") -}}
{{- end -}}
{{- $container := .values.containerSecurityContext | default dict -}}
{{- $place := ternary "podSecurityContext" "containerSecurityContext" (kindIs "invalid" $container.runAsUser) -}}
{{- $user := (get .values $place | default dict).runAsUser -}}
{{- if and (not (kindIs "invalid" $user)) (eq 0 (int64 $user)) (dig "runAsNonRoot" true $container) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.%s.runAsUser" $where $place) "runAsUser is 0, but the containers have runAsNonRoot: true, so the kubelet would not start them. Use another user; if it must be root, set containerSecurityContext.runAsNonRoot: false.") -}}
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
{{- $reserved := list "http" "https" "internal" "management" "unit-test" -}}
{{- if .fenced }}{{ $reserved = append $reserved "guard" }}{{ end -}}
{{- $own := dict -}}
{{- if (.values.unitTest).enabled }}{{ $_ := set $own (include "mi.path" (list "workloads" $key "unitTest" "port")) (include "mi.int" (list .values.unitTest.port 9008)) }}{{ end -}}
{{- if .fenced }}{{ $_ := set $own "fencing.port" .guardPort }}{{ end -}}
{{- range $where, $number := $own -}}
{{- $id := printf "tcp/%d" (int64 $number) -}}
{{- with get $taken $id }}{{ include "mi.fault" (list $faults "MI-VALUES-CONDITION" $where (printf "The port %d is taken by %s. Use another port." (int64 $number) .)) }}{{ end -}}
{{- $_ := set $taken $id $where -}}
{{- end -}}
{{- range $name, $port := .values.ports | default dict -}}
{{- $where := include "mi.path" (list "workloads" $key "ports" $name) -}}
{{- if has $name $reserved -}}
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
{{- $root := index . 0 -}}
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
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" $where "mountPath is missing. Only what: registry and what: offsets have a default path. Set mountPath.") -}}
{{- end -}}
{{- $path := include "mi.persistence.path" (list $root $volume) | clean -}}
{{- $over := dict -}}
{{- range $at, $mount := $workload.values.extraVolumeMounts }}{{ if and $mount (eq $path (clean $at)) (ne $mount.name (printf "data-%s" $name)) }}{{ $_ := set $over "at" $at }}{{ end }}{{ end -}}
{{- if $over.at -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (include "mi.path" (list "workloads" $workload.key "extraVolumeMounts" $over.at)) (printf "This mount has the path of persistence.%s and would hide it, so its data would be written elsewhere. Remove one of them, or choose another path." $name)) -}}
{{- end -}}
{{- with get $mounted $path -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" $where (printf "The volume has the same path as persistence.%s. Set another mountPath, or keep one of them." .)) -}}
{{- end -}}
{{- $_ := set $mounted $path $name -}}
{{- $modes := $volume.accessModes -}}
{{- if and (has "ReadWriteOncePod" ($modes | default list)) (gt (len $modes) 1) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.accessModes" $where) "Kubernetes refuses a claim with ReadWriteOncePod and another mode. Keep one of them.") -}}
{{- end -}}
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
mi.validate.fencing: never something weaker than what was asked for. Takes (root, workload).
*/}}
{{- define "mi.validate.fencing" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $recovery := $workload.own.recovery | default "" -}}
{{- if and (has $recovery (list "fenced" "at-most-one")) (eq $workload.type "stateless") -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-FENCING" (include "mi.path" (list "workloads" $workload.key "recovery")) (printf "recovery is %s, but the workload is stateless: its pods may all be active. Set type: stateful, or remove recovery." $recovery)) -}}
{{- end -}}
{{- if and (eq "fenced" ($workload.values.recovery | default "")) (eq $workload.type "stateful") (not $workload.isolated) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-FENCING" (include "mi.path" (list "workloads" $workload.key "recovery")) (printf "Workload %q has recovery fenced, but coordination.mode is database: its servers agree through the database which of them is active. Remove recovery, or set coordination.mode: isolate." $workload.key)) -}}
{{- end -}}
{{- if and (eq "cold" ($workload.own.standby | default "none")) (not $workload.fenced) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-FENCING" (include "mi.path" (list "workloads" $workload.key "standby")) "standby is cold, but recovery is not fenced: a second pod would do the work twice. Set recovery: fenced, or remove standby.") -}}
{{- end -}}
{{- if and $workload.fenced (not $workload.surge) $workload.standby -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-FENCING" (include "mi.path" (list "workloads" $workload.key "standby")) (printf "Workload %q has a standby, but a volume that one node holds (persistence): the standby could not start on another node. Use a claim with ReadWriteMany, or set standby: none." $workload.key)) -}}
{{- end -}}
{{- if $workload.fenced -}}
{{- range $name, $port := $workload.values.ports | default dict -}}
{{- if and $port (dig "expose" true $port) (eq "udp" ($port.protocol | default "tcp")) $workload.standby -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-FENCING" (include "mi.path" (list "workloads" $workload.key "ports" $name "expose")) "The port is UDP, and the workload has a standby, which forwards only TCP: UDP packets that reach it would be lost. Set expose: false, or standby: none.") -}}
{{- end -}}
{{- end -}}
{{- $times := $workload.times -}}
{{- $least := add (mul 2 (int64 $times.renew)) 4 -}}
{{- if lt (int64 $times.limit) $least -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-FENCING" "fencing.limitSeconds" (printf "The limit is %d s, which is too short for renewals every %d s (fencing.renewSeconds): one lost request would end the work. Set it to %d or more." (int64 $times.limit) (int64 $times.renew) $least)) -}}
{{- end -}}
{{- if lt (int64 $times.lease) (add (int64 $times.limit) 5) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-FENCING" "fencing.leaseSeconds" (printf "A Lease lasts %d s, and must exceed fencing.limitSeconds (%d) by 5 or more, so that a server is certainly dead before the next one starts." (int64 $times.lease) (int64 $times.limit))) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
What two entries of the values may not both be. Kubernetes keys these lists by name or number, and server-side apply
refuses the whole object when a key is there twice.

mi.validate.collisions: volumes, containers, mounts and Service ports of a workload. Takes (root, workload).
*/}}
{{- define "mi.validate.collisions" -}}
{{- $workload := index . 1 -}}
{{- $values := $workload.values -}}
{{- if or $values.extraVolumes $values.extraVolumeMounts $values.extraContainers $values.extraInitContainers -}}
{{- $where := printf "workloads.%s" $workload.key -}}
{{- $volumes := dict -}}
{{- range include "mi.volumes" . | fromYamlArray -}}
{{- if hasKey $volumes .name }}{{ include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (printf "%s.extraVolumes.%s" $where .name) "The chart itself has a volume with this name. Rename yours. To put files into MI's home, use files or persistence.") }}{{ end -}}
{{- $_ := set $volumes .name true -}}
{{- end -}}
{{- range $path, $mount := $values.extraVolumeMounts | default dict -}}
{{- if and $mount (not (hasKey $volumes ($mount.name | default ""))) }}{{ include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (printf "%s.extraVolumeMounts[%q]" $where $path) (printf "The pod has no volume %q. Add it to extraVolumes; there are: %s." ($mount.name | default "") (keys $volumes | sortAlpha | join ", "))) }}{{ end -}}
{{- end -}}
{{- $containers := dict "micro-integrator" true -}}
{{- range concat (include "mi.initContainers" . | fromYamlArray) (include "mi.extraContainers" $values.extraContainers | fromYamlArray) -}}
{{- if hasKey $containers .name }}{{ include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (printf "%s.%s.%s" $where (ternary "extraContainers" "extraInitContainers" (hasKey ($values.extraContainers | default dict) .name)) .name) (printf "Two containers would be called %s. Rename it; the chart's own are micro-integrator, copy-home, copy-archives, import-certificates and install-lease-guard." .name)) }}{{ end -}}
{{- $_ := set $containers .name true -}}
{{- end -}}
{{- end -}}
{{- if and $workload.hasService (or $values.ports ($workload.service.http).port ($workload.service.https).port ($values.unitTest).enabled) -}}
{{- $taken := dict -}}
{{- range $port := include "mi.servicePorts" $workload | fromYamlArray -}}
{{- $id := printf "%s/%d" ($port.protocol | default "TCP") (int64 $port.port) -}}
{{- with get $taken $id -}}
{{- $path := ternary (list "workloads" $workload.key "service" $port.name "port") (list "workloads" $workload.key "ports" $port.name) (has $port.name (list "http" "https")) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (include "mi.path" $path) (printf "The Service would have the port %s twice, for %s and %s. Give one of them another port: service.http.port, service.https.port, or servicePort under ports." $id . $port.name)) -}}
{{- end -}}
{{- $_ := set $taken $id $port.name -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.requests: no request above its limit, which Kubernetes refuses. Takes a workload.
*/}}
{{- define "mi.validate.requests" -}}
{{- $workload := . -}}
{{- $limits := ($workload.values.resources).limits | default dict -}}
{{- range $name, $request := ($workload.values.resources).requests | default dict -}}
{{- $limit := get $limits $name -}}
{{- if and (eq $name "memory") (not (hasKey $limits $name)) }}{{ $limit = printf "%dMi" (int64 $workload.memory) }}{{ end -}}
{{- if not (has $name (list "cpu" "memory" "ephemeral-storage")) -}}
{{- if and $request (or (not $limit) (ne (include "mi.quantity" $request) (include "mi.quantity" $limit))) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (printf "workloads.%s.resources.requests[%q]" $workload.key $name) (printf "Kubernetes does not overcommit %s: the limit must equal the request (%s). Set resources.limits[%q] to the same." $name (include "mi.plain" $request) $name)) -}}
{{- end -}}
{{- else if and $request $limit -}}
{{- if gt (include "mi.quantity" $request | float64) (include "mi.quantity" $limit | float64) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (printf "workloads.%s.resources.requests.%s" $workload.key $name) (printf "The request %s is above its limit (%s). Lower it, or raise resources.limits.%s." (include "mi.plain" $request) (include "mi.plain" $limit) $name)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.environment: names that the chart writes itself. Takes a dict: faults, where, env, database.
*/}}
{{- define "mi.validate.environment" -}}
{{- $dot := . -}}
{{- range $name, $value := .env | default dict -}}
{{- if not (kindIs "invalid" $value) -}}
{{- if kindIs "map" $value }}{{ include "mi.validate.oneSource" (list $dot.faults (printf "%s.%s" $dot.where $name) $value) }}{{ end -}}
{{- if has $name (list "JAVA_OPTS" "JVM_MEM_OPTS" "JAVA_MEM_OPTS" "NODE_PARAMS" "_JAVA_OPTIONS") -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-RESERVED" (printf "%s.%s" $dot.where $name) "The chart sets the options of the JVM. Use heap.max for the heap and jvm.options for the rest (JVM_MEM_OPTS would also size the diagnostics JVM, MI does not read JAVA_MEM_OPTS, and _JAVA_OPTIONS overrides what the chart sets).") -}}
{{- end -}}
{{- if eq $name "MI_PATTERNS_RELEASE_ROLES" -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-RESERVED" (printf "%s.%s" $dot.where $name) "The chart sets this variable to the roles of the release. An image made by mi-patterns compares them with its artifacts, and does not start if an artifact would run on no server. Remove it; to start an image that holds more artifacts, set MI_PATTERNS_LEAVE_OUT: \"true\".") -}}
{{- end -}}
{{- if and $dot.database (eq $name "nodeId") -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-RESERVED" (printf "%s.nodeId" $dot.where) "With coordination.mode database, each start of a server gets its own node id, because two servers with one id do not start. Remove it.") -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
