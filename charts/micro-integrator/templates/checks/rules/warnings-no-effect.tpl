{{/*
mi.warnings.noEffect: notes values that do nothing where they stand, of which their author may believe otherwise. What a
workload inherits may be meant for others, so of the number of pods only its own words count, and what does nothing in
one workload is noted only if no other takes it. Takes the root.
*/}}
{{- define "mi.warnings.noEffect" -}}
{{- $root := . -}}
{{- $inherited := dict -}}
{{- $_ := set .Values.resolved "inheritedWithoutEffect" $inherited -}}
{{- range $workload := .Values.resolved.workloads -}}
{{- include "mi.warnings.noEffect.service" (list $root $workload) -}}
{{- include "mi.warnings.noEffect.pods" (list $root $workload) -}}
{{- include "mi.warnings.noEffect.scaling" (list $root $workload) -}}
{{- include "mi.warnings.noEffect.files" (list $root $workload) -}}
{{- end -}}
{{- include "mi.warnings.switchedOff" . -}}
{{- range $value := $inherited -}}
{{- $takers := list -}}
{{- range $workload := $root.Values.resolved.workloads -}}
{{- if not (hasKey $value.workloads $workload.key) -}}
{{- $at := ternary (dict "service" $workload.service) $workload.values (eq "service" (first $value.keys)) -}}
{{- range $value.keys }}{{ $at = ternary (get (ternary $at dict (kindIs "map" $at)) .) nil (kindIs "map" $at) }}{{ end -}}
{{- if not (has $at (list nil "")) }}{{ $takers = append $takers $workload.key }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if not $takers }}{{ include "mi.warning" (list $root "MI-VALUES-NO-EFFECT" $value.path $value.sentence) }}{{ end -}}
{{- end -}}
{{- include "mi.warnings.noEffect.release" . -}}
{{- end -}}

{{/*
mi.warnings.noEffect.say: notes one such value, or keeps an inherited one for mi.warnings.noEffect. Takes (root,
workload, keys below the workload, sentence).
*/}}
{{- define "mi.warnings.noEffect.say" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $keys := index . 2 -}}
{{- $places := list (dict "at" (list "workloads" $workload.key) "in" $workload.own) (dict "at" (list "workloadDefaults") "in" ($root.Values.workloadDefaults | default dict)) -}}
{{- $found := dict -}}
{{- range $place := $places -}}
{{- $value := $place.in -}}
{{- range $keys }}{{ $value = ternary (get (ternary $value dict (kindIs "map" $value)) .) nil (kindIs "map" $value) }}{{ end -}}
{{- if and (not $found.at) (not (kindIs "invalid" $value)) (ne "" (toString $value)) }}{{ $_ := set $found "at" $place.at }}{{ end -}}
{{- end -}}
{{- $path := concat ($found.at | default list) $keys -}}
{{- if eq (first $path) "workloads" -}}
{{- include "mi.warning" (list $root "MI-VALUES-NO-EFFECT" $path (index . 3)) -}}
{{- else -}}
{{- $inherited := $root.Values.resolved.inheritedWithoutEffect -}}
{{- $id := join " " $path -}}
{{- $before := get $inherited $id | default (dict "workloads" dict) -}}
{{- $_ := set $before.workloads $workload.key true -}}
{{- $_ := set $inherited $id (dict "workloads" $before.workloads "keys" $keys "path" $path "sentence" (index . 3)) -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.noEffect.service: settings of a Service of another type, or of none. Takes (root, workload).
*/}}
{{- define "mi.warnings.noEffect.service" -}}
{{- $dot := . -}}
{{- $workload := index . 1 -}}
{{- $service := $workload.service -}}
{{- if and (not $workload.hasService) $workload.own.service (not (hasKey $workload.own.service "enabled")) -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "service") (printf "The workload is %s and gets no Service. Set service.enabled: true, or remove service." $workload.type))) -}}
{{- end -}}
{{- $type := $service.type | default "ClusterIP" -}}
{{- range $name := list "http" "https" -}}
{{- if and (eq $type "ClusterIP") (get $service $name | default dict).nodePort -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "service" $name "nodePort") "The Service is of type ClusterIP, which has no node ports. Set service.type: NodePort, or remove nodePort.")) -}}
{{- end -}}
{{- end -}}
{{- range $name := list "loadBalancerClass" "loadBalancerIP" "loadBalancerSourceRanges" "allocateLoadBalancerNodePorts" -}}
{{- $value := get $service $name -}}
{{- if and (ne $type "LoadBalancer") (or $value (kindIs "bool" $value)) -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "service" $name) (printf "The Service is of type %s, and only type LoadBalancer uses this value. Set service.type: LoadBalancer, or remove it." $type))) -}}
{{- end -}}
{{- end -}}
{{- if and (eq $type "ClusterIP") $service.externalTrafficPolicy -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "service" "externalTrafficPolicy") "The Service is of type ClusterIP, which takes no traffic from outside of the cluster. Set service.type: LoadBalancer or NodePort, or remove it.")) -}}
{{- end -}}
{{- $affinity := $workload.values.sessionAffinity | default dict -}}
{{- if ne "ClientIP" ($affinity.type | default "None") -}}
{{- if include "mi.isSaid" (list (pick $affinity "timeoutSeconds") (dict "timeoutSeconds" 10800)) -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "sessionAffinity" "timeoutSeconds") "sessionAffinity.type is None, so clients are not sent to the same pod. Set it to ClientIP, or remove timeoutSeconds.")) -}}
{{- end -}}
{{- else -}}
{{- if or (not $workload.hasService) (eq "None" ($service.clusterIP | default "")) -}}
{{- $why := ternary "A headless Service has no address of its own" "The workload has no Service" (not (empty $workload.hasService)) -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "sessionAffinity" "type") (printf "%s, so clients are not sent to the same pod. Remove it." $why))) -}}
{{- end -}}
{{- end -}}
{{- range $name, $port := $workload.values.ports | default dict -}}
{{- range $setting := list "servicePort" "nodePort" -}}
{{- if and $port (not (dig "expose" true $port)) (get $port $setting) -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "ports" $name $setting) (printf "The port has expose: false, so the Service does not have it. Set expose: true, or remove %s." $setting))) -}}
{{- end -}}
{{- end -}}
{{- if and $port (eq $type "ClusterIP") (dig "expose" true $port) $port.nodePort -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "ports" $name "nodePort") "The Service is of type ClusterIP, which has no node ports. Set service.type: NodePort, or remove nodePort.")) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.noEffect.pods: settings of pods that another kind or number of them has. Takes (root, workload).
*/}}
{{- define "mi.warnings.noEffect.pods" -}}
{{- $dot := . -}}
{{- $workload := index . 1 -}}
{{- $own := $workload.own -}}
{{- if and (hasKey $own "recoverySeconds") (not (and $workload.isolated (eq $workload.kind "Deployment"))) -}}
{{- $why := ternary "With recovery at-most-one the pod waits for its node without limit" "The workload has no pod that must move at once" (and $workload.isolated (eq $workload.kind "StatefulSet")) -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "recoverySeconds") (printf "%s; only a stateful workload with recovery respawn or fenced uses recoverySeconds. Remove it." $why))) -}}
{{- end -}}
{{- if and (($own.gracefulShutdown).drainSeconds) (not $workload.drain) -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "gracefulShutdown" "drainSeconds") "No other pod takes over while this one ends, so it does not wait. Remove drainSeconds.")) -}}
{{- end -}}
{{- $budget := $workload.values.disruptionBudget | default dict -}}
{{- if not (or (kindIs "invalid" $budget.minAvailable) (kindIs "invalid" $budget.maxUnavailable)) -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "disruptionBudget" "maxUnavailable") "A budget has minAvailable or maxUnavailable, and with both set, minAvailable counts. Remove one of them.")) -}}
{{- end -}}
{{- if and (le (int64 $workload.most) 1) (not $workload.standby) -}}
{{- $alone := dict "disruptionBudget" (list "minAvailable" "maxUnavailable" "enabled") "topologySpread" (list "nodes" "zones") -}}
{{- range $group, $names := $alone -}}
{{- range $name := $names -}}
{{- $value := index (get $own $group | default dict) $name -}}
{{- if and (not (kindIs "invalid" $value)) (not (has (toString $value) (list "off" "false"))) -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list $group $name) (printf "The workload runs one pod, so it gets no %s. Remove it." (ternary "disruption budget, which would only block drains" "constraints to spread" (eq $group "disruptionBudget"))))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if eq $workload.kind "StatefulSet" -}}
{{- range $name := list "strategy" "progressDeadlineSeconds" -}}
{{- if get $own $name }}{{ include "mi.warnings.noEffect.say" (concat $dot (list (list $name) (printf "recovery at-most-one makes a StatefulSet, which has no %s. Remove it." $name))) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if and $workload.values.homeSizeLimit (not $workload.readOnly) -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "homeSizeLimit") "MI's home is a volume only with readOnlyRootFilesystem: true. Set that, or resources.limits.ephemeral-storage; or remove homeSizeLimit.")) -}}
{{- end -}}
{{- $written := list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" "app.kubernetes.io/version" "app.kubernetes.io/managed-by" -}}
{{- range $group := list "labels" "podLabels" -}}
{{- range $name, $_ := get $workload.values $group | default dict -}}
{{- if or (has $name $written) (hasPrefix "mi-patterns.io/" $name) -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list $group $name) "The chart sets this label itself and ignores yours. Use a label with another name.")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $name, $_ := $workload.values.podAnnotations | default dict -}}
{{- if include "mi.isOwnAnnotation" $name -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "podAnnotations" $name) "The chart sets this annotation itself and ignores yours. Remove it.")) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.noEffect.scaling: settings of an autoscaler of the other kind. Takes (root, workload).
*/}}
{{- define "mi.warnings.noEffect.scaling" -}}
{{- $dot := . -}}
{{- $workload := index . 1 -}}
{{- $own := $workload.own.autoscaling | default dict -}}
{{- if has $workload.scaler (list "keda" "none") -}}
{{- if $workload.values.autoscaling.metrics -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "autoscaling" "metrics") "KEDA scales the workload, and uses only its triggers. Write each metric as a trigger under autoscaling.keda.triggers, or remove the triggers.")) -}}
{{- end -}}
{{- if not (kindIs "invalid" ($workload.values.autoscaling.keda).cooldownSeconds) -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "autoscaling" "keda" "cooldownSeconds") "KEDA waits this long only before it scales to 0, and the workload keeps autoscaling.minReplicas, which is at least 1. To scale down later, set autoscaling.behavior.scaleDown.stabilizationWindowSeconds; or remove it.")) -}}
{{- end -}}
{{- range $name := list "targetCpuUtilization" "targetMemoryUtilization" -}}
{{- if get $own $name }}{{ include "mi.warnings.noEffect.say" (concat $dot (list (list "autoscaling" $name) "KEDA scales the workload, and uses only its triggers. Add a trigger of type cpu or memory under autoscaling.keda.triggers, or remove it.")) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.noEffect.files: settings of loggers and sources of archives that are not in use. Takes (root, workload).
*/}}
{{- define "mi.warnings.noEffect.files" -}}
{{- $dot := . -}}
{{- $workload := index . 1 -}}
{{- $logging := $workload.values.logging | default dict -}}
{{- if and $workload.values.log4j2 $logging.level -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "logging" "level") "log4j2 is set and replaces the whole file, so logging is not used. Remove log4j2, or logging.")) -}}
{{- else if and (not $logging.level) (not $workload.values.log4j2) -}}
{{- range $name := keys (pick $logging "loggers" "pattern") | sortAlpha -}}
{{- if include "mi.isSaid" (list (pick $logging $name) (dict "loggers" dict "pattern" "[%d] %5p {%c} [%X{Correlation-ID}] - %m%ex%n")) -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "logging" $name) (printf "logging.level is empty, so the image's own file stays, and %s is not used. Set logging.level, for example INFO." $name))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (not (index . 0).Values.resolved.database) (include "mi.isSaid" (list ($workload.values.coordination).database dict)) -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "coordination" "database") "coordination.mode is isolate, so the server does not use this database. Set coordination.mode: database at the top, or remove it.")) -}}
{{- end -}}
{{- range $source, $usual := include "mi.warnings.noEffect.sources" . | fromJson -}}
{{- if and (ne $source $workload.artifacts.source) (include "mi.isSaid" (list (get ($workload.values.artifacts | default dict) $source) $usual)) -}}
{{- include "mi.warnings.noEffect.say" (concat $dot (list (list "artifacts" $source) (printf "artifacts.source is %s, so no archive comes from %s. Set artifacts.source: %s, or remove it." $workload.artifacts.source $source $source))) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.noEffect.sources: sources of archives with their defaults, as JSON.
*/}}
{{- define "mi.warnings.noEffect.sources" -}}
{{- toJson (dict "imageVolume" (dict "pullPolicy" "IfNotPresent") "persistentVolumeClaim" (dict "readOnly" true) "configMap" dict "initCopy" dict) -}}
{{- end -}}

{{/*
mi.warnings.noEffect.release: settings at the top. Takes the root.
*/}}
{{- define "mi.warnings.noEffect.release" -}}
{{- $root := . -}}
{{- if eq "false" (toString (.Values.workloadDefaults).enabled) -}}
{{- include "mi.warning" (list . "MI-VALUES-NO-EFFECT" (list "workloadDefaults" "enabled") "Only a workload's own enabled counts, so all of them run. Write enabled: false in each workload that is not to run, and remove it here.") -}}
{{- end -}}
{{- $defaults := .Values.workloadDefaults | default dict -}}
{{- if eq (len .Values.resolved.stateful) (len .Values.resolved.workloads) -}}
{{- $pods := "All workloads are stateful and run one pod each. Remove it." -}}
{{- if .Values.resolved.database }}{{ $pods = "All workloads are stateful, and these do not inherit it. Write it in each of them, or remove it." }}{{ end -}}
{{- if eq "single-replica" .Values.resolved.pattern }}{{ $pods = "Pattern single-replica runs one pod. For several equal pods set pattern: multiple-replicas; otherwise remove it." }}{{ end -}}
{{- if gt (int64 $defaults.replicas) 1 }}{{ include "mi.warning" (list . "MI-VALUES-NO-EFFECT" (list "workloadDefaults" "replicas") $pods) }}{{ end -}}
{{- if ($defaults.autoscaling).enabled }}{{ include "mi.warning" (list . "MI-VALUES-NO-EFFECT" (list "workloadDefaults" "autoscaling" "enabled") $pods) }}{{ end -}}
{{- end -}}
{{- $fenced := list -}}
{{- range .Values.resolved.workloads }}{{ if .fenced }}{{ $fenced = append $fenced .key }}{{ end }}{{ end -}}
{{- if and (eq "cold" ($defaults.standby | default "none")) (not $fenced) -}}
{{- include "mi.warning" (list . "MI-VALUES-NO-EFFECT" (list "workloadDefaults" "standby") "No workload has recovery: fenced, without which a second pod would do the work twice, so none has a standby. Set recovery: fenced, or remove standby.") -}}
{{- end -}}
{{- if and (not $fenced) (include "mi.isSaid" (list .Values.fencing (dict "port" 9290 "pullPolicy" "IfNotPresent"))) -}}
{{- include "mi.warning" (list . "MI-VALUES-NO-EFFECT" (list "fencing") "No workload has recovery: fenced, so no pod has a guard. Set recovery: fenced in a stateful workload, or remove fencing.") -}}
{{- end -}}
{{- $used := list -}}
{{- range .Values.resolved.workloads }}{{ $used = append $used .artifacts.source }}{{ end -}}
{{- range $source, $usual := include "mi.warnings.noEffect.sources" . | fromJson -}}
{{- if and (not (has $source $used)) (include "mi.isSaid" (list (get ($root.Values.artifacts | default dict) $source) $usual)) -}}
{{- include "mi.warning" (list $root "MI-VALUES-NO-EFFECT" (list "artifacts" $source) (printf "artifacts.source is %s, so no archive comes from %s. Set artifacts.source: %s, or remove it." ($root.Values.artifacts.source | default "image") $source $source)) -}}
{{- end -}}
{{- end -}}
{{- $usual := dict "resolver" "active-passive" "resolvingPeriodSeconds" 2 "resolvingFrequency" 5 "poolOptions" (dict "maxActive" 50 "maxWait" 60000 "testOnBorrow" true) -}}
{{- if and (not .Values.resolved.database) (include "mi.isSaid" (list (.Values.coordination).database $usual)) -}}
{{- include "mi.warning" (list . "MI-VALUES-NO-EFFECT" (list "coordination" "database") "coordination.mode is isolate, so no server uses this database. Set coordination.mode: database, or remove it.") -}}
{{- end -}}
{{- if and ((.Values.coordination).schemaJob).enabled (not .Values.resolved.database) -}}
{{- include "mi.warning" (list . "MI-VALUES-NO-EFFECT" (list "coordination" "schemaJob" "enabled") "coordination.mode is isolate, so the job does not run. Set coordination.mode: database, or enabled: false.") -}}
{{- end -}}
{{- if (.Values.ingress).enabled -}}
{{- include "mi.warnings.ingress" (list . (list "ingress") .Values.ingress) -}}
{{- range $name, $additional := .Values.ingress.additional }}{{ include "mi.warnings.ingress" (list $root (list "ingress" "additional" $name) ($additional | default dict)) }}{{ end -}}
{{- end -}}
{{- $users := .Values.userStore | default dict -}}
{{- if and $users.users (ne "file" ($users.type | default "image")) -}}
{{- include "mi.warning" (list $root "MI-VALUES-NO-EFFECT" (list "userStore" "users") (printf "userStore.type is %s, so MI does not have these users. Set userStore.type: file, or remove them." ($users.type | default "image"))) -}}
{{- end -}}
{{- range $type, $usual := dict "ldap" (dict "readOnly" true) "database" dict -}}
{{- if and (ne $type ($users.type | default "image")) (include "mi.isSaid" (list (get $users $type) $usual)) -}}
{{- include "mi.warning" (list $root "MI-VALUES-NO-EFFECT" (list "userStore" $type) (printf "userStore.type is %s, so MI does not read its users from there. Set userStore.type: %s, or remove it." ($users.type | default "image") $type)) -}}
{{- end -}}
{{- end -}}
{{- if ((.Values.keystores).truststore).keyPasswordSecret -}}
{{- include "mi.warning" (list . "MI-VALUES-NO-EFFECT" (list "keystores" "truststore" "keyPasswordSecret") "A truststore has no private key. Remove it.") -}}
{{- end -}}
{{- if and (.Values.icp).enabled (not (include "mi.has" (list . "controlPlane"))) -}}
{{- range $name := list "secret" "project" "integration" -}}
{{- if get $root.Values.icp $name -}}
{{- include "mi.warning" (list $root "MI-VALUES-NO-EFFECT" (list "icp" $name) (printf "MI %s reports to the dashboard, which does not use this value; only the control plane does, which came with MI 4.6. Remove it." (include "mi.version" $root))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $tracing := .Values.tracing | default dict -}}
{{- if $tracing.enabled -}}
{{- $type := $tracing.type | default "otlp" -}}
{{- $headers := values ($tracing.properties | default dict) | compact | sortAlpha -}}
{{- if and $headers (ne $type "otlp") -}}
{{- include "mi.warning" (list $root "MI-VALUES-NO-EFFECT" (list "tracing" "properties") (printf "tracing.type is %s, and MI sends headers by otlp only. Set tracing.type: otlp, or remove it." $type)) -}}
{{- else if gt (len $headers) 1 -}}
{{- include "mi.warning" (list $root "MI-VALUES-NO-EFFECT" (list "tracing" "properties") (printf "MI sends one header to the collector, and any of these %d may be it. Keep one." (len $headers))) -}}
{{- end -}}
{{- if eq $type "otlp" -}}
{{- range $name := list "host" "port" -}}
{{- if get $tracing $name }}{{ include "mi.warning" (list $root "MI-VALUES-NO-EFFECT" (list "tracing" $name) "MI takes only tracing.url for otlp. Remove it.") }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $runtime := .Values.runtime | default dict -}}
{{- range $name := list "uid" "gid" -}}
{{- if and (eq "never" ($runtime.assignUser | default "auto")) (hasKey $runtime $name) -}}
{{- include "mi.warning" (list $root "MI-VALUES-NO-EFFECT" (list "runtime" $name) "runtime.assignUser is never, so the cluster chooses the ids. Remove it, or set runtime.assignUser: always.") -}}
{{- end -}}
{{- end -}}
{{- range $name, $_ := .Values.commonLabels | default dict -}}
{{- if has $name (list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" "app.kubernetes.io/version" "app.kubernetes.io/managed-by") -}}
{{- include "mi.warning" (list $root "MI-VALUES-NO-EFFECT" (list "commonLabels" $name) "The chart sets this label itself and ignores yours. Use a label with another name.") -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.ingress: annotations of an Ingress that do not fit its hosts: cert-manager has no Secret to write to
(cert-manager/cert-manager, pkg/controller/certificate-shim/sync.go), and ingress-nginx speaks HTTP to port https, as it
does unless told otherwise (kubernetes/ingress-nginx, annotation backend-protocol). Takes (root, keys of its place, its
settings).
*/}}
{{- define "mi.warnings.ingress" -}}
{{- $root := index . 0 -}}
{{- $keys := index . 1 -}}
{{- $ingress := index . 2 -}}
{{- $annotations := $ingress.annotations | default dict -}}
{{- $hasSecret := false -}}
{{- $toHttps := list -}}
{{- range $host, $settings := $ingress.hosts -}}
{{- if ($settings | default dict).tlsSecret }}{{ $hasSecret = true }}{{ end -}}
{{- range $path, $target := ($settings | default dict).paths -}}
{{- if eq "https" (($target | default dict).port | default "http") }}{{ $toHttps = append $toHttps (list "hosts" $host "paths" $path "port") }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $name := list "cert-manager.io/issuer" "cert-manager.io/cluster-issuer" -}}
{{- if and (get $annotations $name) $ingress.hosts (not $hasSecret) -}}
{{- include "mi.warning" (list $root "MI-VALUES-NO-EFFECT" (concat $keys (list "annotations" $name)) "cert-manager makes certificates for hosts with a tlsSecret, the Secret that it writes, and no host has one. Name one under hosts, for example orders.example.com: {tlsSecret: orders-tls}.") -}}
{{- end -}}
{{- end -}}
{{- $told := false -}}
{{- range $name, $_ := $annotations }}{{ if regexMatch "backend-protocol|ssl-passthrough|ssl-services" $name }}{{ $told = true }}{{ end }}{{ end -}}
{{- if and $toHttps (eq "nginx" ($ingress.className | default "")) (not $told) -}}
{{- include "mi.warning" (list $root "MI-VALUES-UNREACHABLE" (concat $keys (first $toHttps)) "ingress-nginx speaks HTTP to this port, which takes TLS only, so every request ends in an error. Set the annotation nginx.ingress.kubernetes.io/backend-protocol: HTTPS, or port: http.") -}}
{{- end -}}
{{- end -}}
