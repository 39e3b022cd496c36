{{- /* What works, but not as well as its author may think. NOTES and the warnings ConfigMap show it. */ -}}
{{- include "mi.decide" . -}}
{{- include "mi.warnings.collect" . -}}

{{/*
mi.warning: notes what works, but not as well as its author may think, as an entry of mi.told. NOTES and the warnings
ConfigMap show it in the form of a fault, and `mi-patterns validate` reads it from there. Takes (root, code, keys of the
path, sentence), and what mi.fault takes after it.
*/}}
{{- define "mi.warning" -}}
{{- $resolved := (index . 0).Values.resolved -}}
{{- $_ := set $resolved "warnings" (append $resolved.warnings (concat (list (index . 1) (include "mi.path" (index . 2))) (slice . 3))) -}}
{{- end -}}

{{/*
mi.warnings.collect: fills .Values.resolved.warnings. Takes the root.
*/}}
{{- define "mi.warnings.collect" -}}
{{- $resolved := .Values.resolved -}}
{{- $_ := set $resolved "warnings" list -}}
{{- $isolated := dict -}}
{{- range $workload := $resolved.workloads -}}
{{- if and $workload.isolated (not $isolated) }}{{ $isolated = $workload }}{{ end -}}
{{- if and (eq $resolved.pattern "coordinated") (eq $workload.type "stateful") (not ($workload.values.artifacts).stateful) -}}
{{- include "mi.warning" (list $ "MI-VALUES-STATEFUL-EMPTY" (list "workloads" $workload.key) (printf "The stateful workload `%s` names no stateful artifact." $workload.key)) -}}
{{- end -}}
{{- include "mi.warnings.debugger" (list $ $workload.own.env "workloads" $workload.key "env") -}}
{{- if and (eq $resolved.pattern "coordinated") (eq $workload.type "stateless") (lt (int64 $workload.fewest) 2) -}}
{{- $where := ternary (list "workloads" $workload.key "autoscaling" "minReplicas") (list "workloads" $workload.key "replicas") (not (empty $workload.autoscaled)) -}}
{{- $lacks := ternary "has no pod (replicas: 0), so nothing answers for it. Set replicas: 2 or more, or paused: true to stop it for a while." (printf "is stateless with fewer than 2 pods: losing one is an outage. Set %s: 2 or more." (last $where)) (eq 0 (int64 $workload.fewest)) -}}
{{- include "mi.warning" (list $ "MI-VALUES-INTERRUPTED" $where (printf "Workload %s %s" $workload.key $lacks)) -}}
{{- end -}}
{{- $annotations := $workload.values.podAnnotations | default dict -}}
{{- if and (eq "true" (toString (get $annotations "vault.hashicorp.com/agent-inject"))) (not (get $annotations "vault.hashicorp.com/agent-service-account-token-volume-name")) (not (dig "automountToken" false ($.Values.serviceAccount | default dict))) -}}
{{- include "mi.warning" (list $ "MI-VALUES-CLUSTER" (list "workloads" $workload.key "podAnnotations") (printf "Workload %s asks for Vault Agent, whose injector refuses pods without a service account token. Set serviceAccount.automountToken: true, or mount a projected token and name its volume in the annotation vault.hashicorp.com/agent-service-account-token-volume-name." $workload.key)) -}}
{{- end -}}
{{- if $workload.values.paused }}{{ include "mi.warning" (list $ "MI-VALUES-PAUSED" (list "workloads" $workload.key "paused") (printf "Workload %s is paused: it has no pod, and nothing else does its work. Remove workloads.%s.paused to start it again." $workload.key $workload.key)) }}{{ end -}}
{{- if ($workload.values.lifecycle | default dict).preStop }}{{ include "mi.warning" (list $ "MI-VALUES-INTERRUPTED" (list "workloads" $workload.key "lifecycle" "preStop") (printf "Workload %s has its own lifecycle.preStop instead of the chart's, which tells MI to stop: unless yours does that too, requests in progress are cut off. Remove it, or make it send TERM to the process in wso2carbon.pid of MI's home." $workload.key)) }}{{ end -}}
{{- /* suspend is y by default, but with onthrow or onuncaught the JVM starts without a debugger
       (java -agentlib:jdwp=help). */ -}}
{{- range ($workload.values.jvm).options -}}
{{- if and (regexMatch "^-(agentlib:|Xrun)jdwp\\b" .) (not (regexMatch "\\b(suspend=n|onthrow=|onuncaught=y)" .)) }}{{ include "mi.warning" (list $ "MI-VALUES-INTERRUPTED" (list "workloads" $workload.key "jvm" "options") (printf "%s lets the JVM wait for a debugger before MI starts, so the pod gets ready only after one has attached. Add suspend=n." .)) }}{{ end -}}
{{- end -}}
{{- include "mi.warnings.times" (list $ $workload) -}}
{{- include "mi.warnings.placeholders" (list $ $workload) -}}
{{- include "mi.warnings.references" (list $ $workload) -}}
{{- range $name, $volume := $workload.values.persistence | default dict -}}
{{- $modes := ($volume | default dict).accessModes | default list -}}
{{- if and $volume $volume.existingClaim (not (has "ReadWriteMany" $modes)) (not (has "ReadOnlyMany" $modes)) -}}
{{- $place := list "workloads" $workload.key "persistence" $name "existingClaim" -}}
{{- if gt (int64 $workload.most) 1 -}}
{{- include "mi.warning" (list $ "MI-VALUES-CLUSTER" $place (printf "Workload %s runs several pods on the claim %s: it must be ReadWriteMany. Set accessModes beside it to say that it is." $workload.key $volume.existingClaim)) -}}
{{- else if $workload.surge -}}
{{- include "mi.warning" (list $ "MI-VALUES-CLUSTER" $place (printf "Workload %s has a second pod %s, which may be on another node, so the claim %s must be ReadWriteMany. Set accessModes beside it to say that it is; with [ReadWriteOnce], an update stops the old pod first." $workload.key (ternary "as a standby" "during an update" (eq true $workload.standby)) $volume.existingClaim)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $workload.values.persistence -}}
{{- range include "mi.emptyOverArtifacts" (list $ $workload) | fromJson -}}
{{- if hasPrefix "data-" .volume -}}
{{- $what := ternary "the archives of the image" "what the image has" (hasSuffix "/carbonapps" .folder) -}}
{{- include "mi.warning" (list $ "MI-VALUES-NO-EFFECT" (list "workloads" $workload.key "persistence" (trimPrefix "data-" .volume)) (printf "The claim is new and empty, and hides %s in %s: workload %s deploys only what somebody puts into it. Remove it, or choose another mountPath." $what .folder $workload.key)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (eq $workload.artifacts.source "imageVolume") (semverCompare "<1.35.0-0" $.Capabilities.KubeVersion.Version) -}}
{{- include "mi.warning" (list $ "MI-VALUES-CLUSTER" (list "workloads" $workload.key "artifacts" "source") (printf "Workload %s takes its archives from an image volume: before Kubernetes 1.35 the cluster needs the feature gate ImageVolume for that." $workload.key)) -}}
{{- end -}}
{{- $budget := $workload.values.disruptionBudget | default dict -}}
{{- $pods := ternary 2 (int64 $workload.fewest) $workload.standby -}}
{{- if and (dig "enabled" true $budget) (gt (int64 $pods) 1) (not $workload.values.paused) -}}
{{- $least := $budget.minAvailable -}}
{{- /* Kubernetes rounds a share up. */ -}}
{{- if kindIs "string" $least }}{{ $least = div (add (mul (trimSuffix "%" $least | int64) (int64 $pods)) 99) 100 }}{{ end -}}
{{- if ternary (has (toString $budget.maxUnavailable) (list "0" "0%")) (ge (int64 $least) (int64 $pods)) (kindIs "invalid" $least) -}}
{{- include "mi.warning" (list $ "MI-VALUES-DRAIN" (list "workloads" $workload.key "disruptionBudget") (printf "Workload %s has a disruption budget that allows no disruption, so no node with one of its pods can be drained. Set disruptionBudget.maxUnavailable: 1." $workload.key)) -}}
{{- end -}}
{{- end -}}
{{- /* Of a share Kubernetes takes whole pods only. */ -}}
{{- $lost := ($workload.values.strategy | default dict).maxUnavailable -}}
{{- if kindIs "string" $lost }}{{ $lost = div (mul (trimSuffix "%" $lost | int64) (int64 $workload.fewest)) 100 }}{{ end -}}
{{- if and $workload.surge (not $workload.isolated) (gt (int64 $workload.fewest) 0) (ge (int64 $lost) (int64 $workload.fewest)) -}}
{{- include "mi.warning" (list $ "MI-VALUES-INTERRUPTED" (list "workloads" $workload.key "strategy" "maxUnavailable") (printf "Workload %s has %d pods, and an update may end %d of them before a new one is ready: nothing would answer. Remove strategy.maxUnavailable, or lower it." $workload.key (int64 $workload.fewest) (int64 $lost))) -}}
{{- end -}}
{{- if and $workload.isolated (eq $workload.kind "Deployment") (eq "" (include "mi.stays" $workload)) -}}
{{- include "mi.warning" (list $ "MI-VALUES-INTERRUPTED" (list "workloads" $workload.key "tolerations") (printf "Workload %s tolerates node.kubernetes.io/unreachable for ever, so its pod never leaves a lost node, whatever recovery and recoverySeconds say. Add tolerationSeconds, or remove the toleration." $workload.key)) -}}
{{- end -}}
{{- if and (eq $workload.kind "Deployment") (not $workload.isolated) (not $workload.overlap) -}}
{{- include "mi.warning" (list $ "MI-VALUES-INTERRUPTED" (list "workloads" $workload.key "persistence") (printf "Workload %s keeps a volume that one node holds, so an update stops the old pod first. Use ReadWriteMany for an update without a gap." $workload.key)) -}}
{{- end -}}
{{- end -}}
{{- if and (eq $resolved.pattern "single-replica") $isolated (not ($isolated.own).type) (not (.Values.workloadDefaults).type) (not $isolated.values.recovery) -}}
{{- include "mi.warning" (list $ "MI-VALUES-INTERRUPTED" (list "workloads" $isolated.key "type") (printf "Workload %s has no type, so an update stops the old pod first: the image may hold a task that must not run twice. Set type: stateless if nothing in it is stateful, for an update without a gap." $isolated.key)) -}}
{{- end -}}
{{- if and (eq $resolved.pattern "coordinated") (not $isolated) (not $resolved.database) -}}
{{- include "mi.warning" (list $ "MI-VALUES-PATTERN" (list "pattern") "The pattern is coordinated, but no workload is stateful. If no artifact is stateful, set pattern: multiple-replicas; otherwise give the stateful ones a workload of type: stateful.") -}}
{{- end -}}
{{- if and $resolved.database (not (include "mi.has" (list . "claimBeforeFire"))) -}}
{{- include "mi.warning" (list $ "MI-VALUES-RUNS-TWICE" (list "coordination" "mode") (printf "Database coordination of MI %s can run a task twice when a server or the database stalls; claim-before-fire came with 4.7. Set coordination.mode: isolate to avoid it." (include "mi.version" .))) -}}
{{- end -}}
{{- range $resolved.unset -}}
{{- if hasPrefix ".Values." .name -}}
{{- include "mi.warning" (list $ "MI-VALUES-PLACEHOLDER" .keys (printf "The template names %s, which no values set, so nothing is written in its place. Set it, or write what it defaults to: {{ %s | default \"…\" }}." .name .name)) -}}
{{- end -}}
{{- end -}}
{{- include "mi.warnings.debugger" (list $ .Values.env "env") -}}
{{- include "mi.warnings.debugger" (list $ (.Values.workloadDefaults).env "workloadDefaults" "env") -}}
{{- include "mi.warnings.secrets" . -}}
{{- with (.Values.runtime).version -}}
{{- $known := index $.Chart.Annotations "mi-patterns.io/runtime-versions" -}}
{{- if not (semverCompare $known (regexFind "^[0-9]+\\.[0-9]+\\.[0-9]+" .)) -}}
{{- include "mi.warning" (list $ "MI-VALUES-RUNTIME-VERSION" (list "runtime" "version") (printf "The version of MI is %s, but the chart is made for Micro Integrator %s." . $known)) -}}
{{- end -}}
{{- end -}}
{{- if eq "latest" ((.Values.image).tag | default "") -}}
{{- include "mi.warning" (list $ "MI-VALUES-IMAGE-LATEST" (list "image" "tag") "The tag is latest: pods started on different days may run different images. Use a version or a digest.") -}}
{{- end -}}
{{- if eq "image" ((.Values.runtime).deploymentTomlFrom | default "values") -}}
{{- include "mi.warning" (list $ "MI-VALUES-NO-EFFECT" (list "runtime" "deploymentTomlFrom") "deployment.toml comes from the image, so deploymentToml is not used. The image's file must have [server] hot_deployment = false, and a graceful_shutdown_timeout of at most gracefulShutdown.timeoutSeconds.") -}}
{{- end -}}
{{- if and (.Values.gateway).enabled (not (include "mi.gateway.renders" .)) -}}
{{- include "mi.warning" (list $ "MI-VALUES-CLUSTER" (list "gateway" "enabled") "The cluster has no gateway.networking.k8s.io/v1, so no HTTPRoute was written. Install the Gateway API, or set gateway.force: true when rendering offline.") -}}
{{- end -}}
{{- if and (.Values.route).enabled (not (include "mi.route.renders" .)) -}}
{{- include "mi.warning" (list $ "MI-VALUES-CLUSTER" (list "route" "enabled") "The cluster has no route.openshift.io/v1, so no Route was written. Set route.force: true when rendering offline.") -}}
{{- end -}}
{{- include "mi.warnings.features" . -}}
{{- include "mi.warnings.noEffect" . -}}
{{- $_ := set $resolved "warnings" (include "mi.told" (list . $resolved.warnings) | fromJsonArray) -}}
{{- end -}}

{{/*
mi.warnings.layers: what deployment.toml is merged from apart from what workloads say of their own, as a JSON list of
{keys, data}, the strongest first. Takes (root).
*/}}
{{- define "mi.warnings.layers" -}}
{{- $values := (index . 0).Values -}}
{{- toJson (list
  (dict "keys" (list "workloadDefaults" "deploymentToml") "data" (($values.workloadDefaults).deploymentToml | default dict))
  (dict "keys" (list "deploymentToml") "data" ($values.deploymentToml | default dict))) -}}
{{- end -}}

{{/*
mi.warnings.place: keys of the first text of a workload's deployment.toml that holds another one, as a JSON list; those
of its deploymentToml where none does. Takes (root, workload, text).
*/}}
{{- define "mi.warnings.place" -}}
{{- $workload := index . 1 -}}
{{- $text := index . 2 -}}
{{- $own := list "workloads" $workload.key "deploymentToml" -}}
{{- $found := dict -}}
{{- range prepend (include "mi.warnings.layers" . | fromJsonArray) (dict "keys" $own "data" ($workload.own.deploymentToml | default dict)) -}}
{{- include "mi.warnings.place.in" (list $text .keys .data $found) -}}
{{- end -}}
{{- toJson ($found.keys | default $own) -}}
{{- end -}}

{{/*
mi.warnings.place.in: sets `keys` of a dict, unless it is set. Takes (text, keys of the path, data, dict).
*/}}
{{- define "mi.warnings.place.in" -}}
{{- $text := index . 0 -}}
{{- $keys := index . 1 -}}
{{- $found := index . 3 -}}
{{- range $key, $value := index . 2 -}}
{{- if $found.keys -}}
{{- else if or (kindIs "map" $value) (kindIs "slice" $value) -}}
{{- include "mi.warnings.place.in" (list $text (append $keys $key) $value $found) -}}
{{- else if and (kindIs "string" $value) (contains $text $value) -}}
{{- $_ := set $found "keys" (append $keys $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.placeholders: names in a workload's deployment.toml that nothing gives a value. Takes (root, workload).
*/}}
{{- define "mi.warnings.placeholders" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- if not $workload.values.envFrom -}}
{{- $ofPods := list "POD_NAME" "POD_NAMESPACE" "JAVA_OPTS" "NODE_PARAMS" "TZ" "COORDINATION_DB_USERNAME" "COORDINATION_DB_PASSWORD" "HOSTNAME" "HOME" "PATH" "JAVA_HOME" "WSO2_SERVER_HOME" -}}
{{- if eq "task-nodes" (($workload.database | default dict).resolver | default "") }}{{ $ofPods = append $ofPods "nodeId" }}{{ end -}}
{{- range $name := $workload.placeholders -}}
{{- if not (or (get $workload.secretEnv $name) (get ($workload.values.env | default dict) $name) (get ($root.Values.env | default dict) $name) (get $root.Values.resolved.storeEnv $name) (has $name $ofPods)) }}{{ include "mi.warning" (list $root "MI-VALUES-PLACEHOLDER" (include "mi.warnings.place" (list $root $workload (printf "$env{%s}" $name)) | fromJsonArray) (printf "deployment.toml has $env{%s}, but no env sets it (workload %s). Unless the image sets it, MI finds no value. Set env.%s." $name $workload.key $name) $workload.key) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if contains "$secret{" $workload.toml -}}
{{- range $placeholder := regexFindAll "\\$secret\\{[^}]+\\}" $workload.toml -1 | uniq | sortAlpha -}}
{{- $alias := $placeholder | trimPrefix "$secret{" | trimSuffix "}" -}}
{{- if not (regexMatch (printf "(?m)^\"?%s\"? = " (regexReplaceAll "[^A-Za-z0-9_-]" $alias ".")) (regexFind "(?s)\\[secrets\\].*" $workload.toml)) }}{{ include "mi.warning" (list $root "MI-VALUES-PLACEHOLDER" (include "mi.warnings.place" (list $root $workload $placeholder) | fromJsonArray) (printf "deployment.toml has $secret{%s}, but its [secrets] has no %s (workload %s), so MI cannot resolve it." $alias $alias $workload.key) $workload.key) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.references: $(NAME) in variables, of which Kubernetes makes nothing: only other variables of the pod count,
and none that the image sets. Names in small letters are taken for commands of a shell. Takes (root, workload).
*/}}
{{- define "mi.warnings.references" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $known := list -}}
{{- range $name, $value := ternary dict (merge (dict) ($workload.values.env | default dict) ($root.Values.env | default dict)) (not (empty $workload.values.envFrom)) -}}
{{- $references := include "mi.environment.references" $value -}}
{{- if and $references (not $known) }}{{ range include "mi.environment" (list $root $workload) | fromYamlArray }}{{ $known = append $known .name }}{{ end }}{{ end -}}
{{- range splitList " " $references -}}
{{- if and (regexMatch "^[A-Z_][A-Z0-9_]*$" .) (or (eq . $name) (not (has . $known))) }}{{ include "mi.warning" (list $root "MI-VALUES-PLACEHOLDER" (list "workloads" $workload.key "env" $name) (printf "%s has $(%s), which names no other variable of the pod (workload %s), so Kubernetes leaves that text in it. %s, or write $$(%s) for the text." $name . $workload.key (ternary "Write the whole value" (printf "Set env.%s" .) (eq . $name)) .)) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.debugger: variables with which every JVM of the container starts a debugger: MI's start script starts a
second one, its diagnostics tool. Takes (root, variables, keys of their path…).
*/}}
{{- define "mi.warnings.debugger" -}}
{{- range $name, $value := pick (index . 1 | default dict) "JAVA_TOOL_OPTIONS" "JDK_JAVA_OPTIONS" -}}
{{- if regexMatch "-(agentlib:|Xrun)jdwp\\b" (toString $value) -}}
{{- include "mi.warning" (list (index $ 0) "MI-VALUES-INTERRUPTED" (append (slice $ 2) $name) (printf "Every JVM of the container starts the debugger of %s. MI's diagnostics tool is one, and of two JVMs the second finds the port taken and ends. Write it in jvm.options, with suspend=n." $name)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.features: warnings about release-level settings. Takes the root.
*/}}
{{- define "mi.warnings.features" -}}
{{- $resolved := .Values.resolved -}}
{{- if and $resolved.demonstration (ne "image" ((.Values.runtime).deploymentTomlFrom | default "values")) -}}
{{- include "mi.warning" (list $ "MI-VALUES-DEMONSTRATION" (list "keystores" "primary") "The demonstration keystores of MI's image are in use: their keys and passwords are public. Before production, set keystores.primary (secretName, key, alias, passwordSecret) and keystores.truststore.") -}}
{{- end -}}
{{- if and (or ((.Values.service).management).enabled (include "mi.serviceMonitor.wanted" .)) (not ((.Values.userStore).admin).passwordSecret) (not ((.Values.deploymentToml).internal_apis).users) (not ((.Values.deploymentToml).super_admin).password) -}}
{{- include "mi.warning" (list $ "MI-VALUES-DEMONSTRATION" (list "userStore" "admin" "passwordSecret") "The management API has a Service, and accepts MI's default user admin with the password admin. Set userStore.admin.passwordSecret.") -}}
{{- end -}}
{{- range $key, $class := .Values.secretProviderClasses | default dict -}}
{{- if and $class (not $class.existing) (not (include "mi.optional" (list $ "secrets-store.csi.x-k8s.io/v1" $class.force))) -}}
{{- include "mi.warning" (list $ "MI-VALUES-CLUSTER" (list "secretProviderClasses" $key) "The SecretProviderClass was not written, since the cluster has no secrets-store.csi.x-k8s.io/v1; the pods wait for it. Install the Secrets Store CSI driver, or set force: true when rendering offline.") -}}
{{- end -}}
{{- end -}}
{{- range $name, $external := .Values.externalSecrets | default dict -}}
{{- if and $external (not (include "mi.optional" (list $ "external-secrets.io/v1" $external.force))) (not ($.Capabilities.APIVersions.Has "external-secrets.io/v1beta1")) -}}
{{- include "mi.warning" (list $ "MI-VALUES-CLUSTER" (list "externalSecrets" $name) "The ExternalSecret was not written, since the cluster has no external-secrets.io/v1. Install External Secrets, or set force: true when rendering offline.") -}}
{{- end -}}
{{- end -}}
{{- if or (eq "never" ((.Values.runtime).assignUser | default "auto")) (.Capabilities.APIVersions.Has "security.openshift.io/v1") -}}
{{- $written := list -}}
{{- range $resolved.workloads }}{{ if not .readOnly }}{{ $written = append $written .key }}{{ end }}{{ end -}}
{{- if $written }}{{ include "mi.warning" (list $ "MI-VALUES-CLUSTER" (list "runtime" "assignUser") (printf "The user id is left to the cluster, as on OpenShift: MI's home in the image must be writable by group 0 (chgrp -R 0, chmod -R g=u), or the pods of %s end with Permission denied. readOnlyRootFilesystem: true copies the home at each start and needs no such image." (join ", " $written))) }}{{ end -}}
{{- end -}}
{{- $outside := or (.Values.ingress).enabled (.Values.gateway).enabled (.Values.route).enabled (eq "LoadBalancer" ((.Values.service).type | default "")) -}}
{{- if and (.Values.networkPolicy).enabled (not (.Values.networkPolicy).clients) $outside -}}
{{- include "mi.warning" (list $ "MI-VALUES-UNREACHABLE" (list "networkPolicy" "clients") "networkPolicy names no clients, so only pods of the namespace reach the listeners. Name here what brings requests from outside: the ingress controller, gateway, router or load balancer.") -}}
{{- end -}}
{{- $egress := (.Values.networkPolicy).egress | default dict -}}
{{- $rules := dict -}}
{{- range $name, $rule := $egress.rules }}{{ if $rule }}{{ $_ := set $rules $name $rule }}{{ end }}{{ end -}}
{{- if and (.Values.networkPolicy).enabled $egress.enabled (not $rules) -}}
{{- $called := list -}}
{{- if (.Values.icp).enabled }}{{ $called = append $called "the control plane (icp)" }}{{ end -}}
{{- if and (.Values.tracing).enabled (ne "log" ((.Values.tracing).type | default "otlp")) }}{{ $called = append $called "tracing" }}{{ end -}}
{{- if (.Values.hashicorpVault).enabled }}{{ $called = append $called "hashicorpVault" }}{{ end -}}
{{- if $resolved.database }}{{ $called = append $called "the coordination database" }}{{ end -}}
{{- if has ((.Values.userStore).type | default "image") (list "ldap" "database") }}{{ $called = append $called "the user store" }}{{ end -}}
{{- $files := list $resolved.toml -}}
{{- range $resolved.workloads }}{{ $files = append $files .values.deploymentToml }}{{ end -}}
{{- $sources := list -}}
{{- range $files -}}
{{- range (. | default dict).datasource -}}
{{- /* H2 keeps a file of the pod, unless its URL names a server. */ -}}
{{- $local := and (hasPrefix "jdbc:h2:" (toString .url)) (not (contains "://" .url)) -}}
{{- if not $local }}{{ $sources = append $sources (printf "the data source %v" .id) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- $called = concat $called (uniq $sources) -}}
{{- with $called -}}
{{- include "mi.warning" (list $ "MI-VALUES-UNREACHABLE" (list "networkPolicy" "egress" "rules") (printf "networkPolicy.egress.enabled without rules lets the pods reach no other server, but they need: %s. Name it under rules." (join ", " .))) -}}
{{- end -}}
{{- end -}}
{{- $metrics := .Values.metrics | default dict -}}
{{- range $kind, $monitor := dict "PodMonitor" $metrics.podMonitor "ServiceMonitor" $metrics.serviceMonitor -}}
{{- if and $metrics.enabled ($monitor | default dict).enabled -}}
{{- include "mi.warnings.scrapes" (list $ (untitle $kind)) -}}
{{- if not (include "mi.optional" (list $ "monitoring.coreos.com/v1" $monitor.force)) -}}
{{- include "mi.warning" (list $ "MI-VALUES-CLUSTER" (list "metrics" (untitle $kind) "enabled") (printf "No %s was written, since the cluster has no monitoring.coreos.com/v1. Install the Prometheus Operator, or set force: true when rendering offline." $kind)) -}}
{{- end -}}
{{- if and ($.Values.networkPolicy).enabled (not ($.Values.networkPolicy).management) -}}
{{- include "mi.warning" (list $ "MI-VALUES-UNREACHABLE" (list "networkPolicy" "management") "networkPolicy lets nobody reach the internal port, so Prometheus cannot read the metrics. Name its namespace here.") -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $workload := $resolved.workloads -}}
{{- if eq $workload.scaler "none" -}}
{{- include "mi.warning" (list $ "MI-VALUES-CLUSTER" (list "workloads" $workload.key "autoscaling" "keda") (printf "Workload %s asks for KEDA, but the cluster has no keda.sh/v1alpha1: it stays at %d pods. Install KEDA, or set autoscaling.keda.force: true when rendering offline." $workload.key (int64 $workload.fewest))) -}}
{{- end -}}
{{- if eq $workload.scaler "hpa" -}}
{{- range $resource, $target := dict "cpu" (include "mi.int" (list $workload.values.autoscaling.targetCpuUtilization 75)) "memory" (include "mi.int" (list $workload.values.autoscaling.targetMemoryUtilization 0)) -}}
{{- if gt (int64 $target) 0 }}{{ include "mi.warnings.requests" (list $ $workload $resource) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- $left := list -}}
{{- range $role := list "EnterpriseIntegrator" "EnterpriseServiceBus" "DataServicesServer" -}}
{{- $carried := has $role $workload.roles -}}
{{- if not $carried }}{{ range $workload.roles }}{{ if and (include "mi.isComparable" .) (include "mi.roleMatches" (list . $role)) }}{{ $carried = true }}{{ end }}{{ end }}{{ end -}}
{{- if not $carried }}{{ $left = append $left $role }}{{ end -}}
{{- end -}}
{{- if $left -}}
{{- include "mi.warning" (list $ "MI-VALUES-ROLE-LEFT-OUT" (list "workloads" $workload.key "deploymentToml" "server" "roles") (printf "Workload %s starts its server without these roles of MI: %s. The usual build gives these roles to every artifact, and MI skips, without a message, artifacts whose role its server lacks. Add them to deploymentToml.server.roles." $workload.key (join ", " $left))) -}}
{{- end -}}
{{- if $workload.database }}{{ include "mi.warnings.database" (list $ $workload) }}{{ end -}}
{{- $vertical := $workload.values.verticalAutoscaling | default dict -}}
{{- if and $vertical.enabled (not (include "mi.optional" (list $ "autoscaling.k8s.io/v1" $vertical.force))) -}}
{{- include "mi.warning" (list $ "MI-VALUES-CLUSTER" (list "workloads" $workload.key "verticalAutoscaling" "enabled") (printf "Workload %s asks for a VerticalPodAutoscaler, but the cluster has no autoscaling.k8s.io/v1, so none was written. Install the Vertical Pod Autoscaler, or set verticalAutoscaling.force: true when rendering offline." $workload.key)) -}}
{{- end -}}
{{- if and (eq "ClientIP" (($workload.values.sessionAffinity).type | default "None")) (or ($.Values.ingress).enabled ($.Values.gateway).enabled ($.Values.route).enabled) $workload.serves -}}
{{- include "mi.warning" (list $ "MI-VALUES-UNREACHABLE" (list "workloads" $workload.key "sessionAffinity" "type") (printf "Workload %s has sessionAffinity ClientIP, which holds at its Service only; ingress controllers and gateways choose a pod themselves. Switch their own affinity on too, for ingress-nginx the annotation nginx.ingress.kubernetes.io/affinity: cookie." $workload.key)) -}}
{{- end -}}
{{- if ($workload.values.unitTest).enabled -}}
{{- include "mi.warning" (list $ "MI-VALUES-UNIT-TESTS" (list "workloads" $workload.key "unitTest" "enabled") (printf "Workload %s runs MI's unit test server, which takes artifacts from anyone who reaches it. Not for production." $workload.key)) -}}
{{- end -}}
{{- end -}}
{{- $databases := dict -}}
{{- range $workload := $resolved.workloads -}}
{{- with $workload.coordinates -}}
{{- $database := include "mi.coordination.at" . | fromJson -}}
{{- $other := get $databases $database.at | default dict -}}
{{- if and $other (ne (int $other.port) (int $database.port)) -}}
{{- include "mi.warning" (list $ "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" $workload.key "coordination" "database" "url") (printf "The workloads %s and %s coordinate through %s, at the ports %d and %d. If one of these is a pooler's, both lead to one database, and each workload would delete or take the other's tasks. Make sure that they are two." $other.key $workload.key $database.at (int $other.port) (int $database.port))) -}}
{{- end -}}
{{- $_ := set $databases $database.at (dict "key" $workload.key "port" $database.port) -}}
{{- end -}}
{{- end -}}
{{- $families := dict (toJson (list (.Values.service).ipFamilyPolicy (.Values.service).ipFamilies)) true -}}
{{- range $resolved.workloads }}{{ $_ := set $families (toJson (list .service.ipFamilyPolicy .service.ipFamilies)) true }}{{ end -}}
{{- $families = keys $families | sortAlpha | join " " -}}
{{- if and (or (contains "DualStack" $families) (contains "IPv6" $families)) (not (.Values.runtime).ipv6) -}}
{{- include "mi.warning" (list $ "MI-VALUES-UNREACHABLE" (list "runtime" "ipv6") "The Service has an IPv6 address, but MI listens on IPv4 only: its start script sets java.net.preferIPv4Stack=true, so a connection by IPv6 is refused. Set runtime.ipv6: true.") -}}
{{- end -}}
{{- if and (.Values.gateway).enabled (not ((.Values.gateway).backendTls).enabled) -}}
{{- range include "mi.httpRoute.destinations" . | fromJsonArray -}}
{{- if eq .port "https" }}{{ include "mi.warning" (list $ "MI-VALUES-UNREACHABLE" (list "gateway" "backendTls" "enabled") (printf "%s leads to port https without gateway.backendTls, so the gateway speaks plain HTTP to a TLS port. Set gateway.backendTls.enabled: true, or port: http there." .where)) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- include "mi.warnings.unknown" . -}}
{{- end -}}

{{/*
mi.warnings.database: what servers that coordinate through a database may do twice, or not at all. Takes (root,
workload).
*/}}
{{- define "mi.warnings.database" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $database := $workload.database -}}
{{- $servers := int64 $database.taskServerCount -}}
{{- if and $servers (eq $servers (int64 $workload.fewest)) (eq "round-robin" ($database.resolver | default "")) -}}
{{- include "mi.warning" (list $root "MI-VALUES-INTERRUPTED" (list "workloads" $workload.key "coordination" "database" "taskServerCount") (printf "Workload %s assigns tasks only while %d servers are there, and may run only that many pods: while one of them is away, as in each update, no task starts anywhere. Lower taskServerCount, or raise %s." $workload.key $servers (ternary "autoscaling.minReplicas" "replicas" $workload.autoscaled))) -}}
{{- end -}}
{{- $place := list "coordination" "database" "hardening" "enabled" -}}
{{- if (($workload.values.coordination).database).hardening }}{{ $place = concat (list "workloads" $workload.key) $place }}{{ end -}}
{{- $claims := include "mi.has" (list $root "claimBeforeFire") -}}
{{- if and ($database.hardening).enabled (not $claims) -}}
{{- include "mi.warning" (list $root "MI-VALUES-NO-EFFECT" $place (printf "Hardening has no effect: MI %s does not know it, 4.7 does." (include "mi.version" $root))) -}}
{{- else if and $claims (not ($database.hardening).enabled) -}}
{{- include "mi.warning" (list $root "MI-VALUES-RUNS-TWICE" $place "Database coordination without coordination.database.hardening.enabled can run a task twice when a server or the database stalls. Set it to true, or coordination.mode: isolate.") -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.requests: containers without a request of which an autoscaler takes a share: unless a LimitRange of the
namespace gives them one, it ends in "missing request for cpu in container" and never scales (kube-controller-manager,
podautoscaler/replica_calculator.go, calculatePodRequestsFromContainers). A limit counts as a request where there is
none. Takes (root, workload, resource).
*/}}
{{- define "mi.warnings.requests" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $resource := index . 2 -}}
{{- $target := printf "target%sUtilization" (title $resource) -}}
{{- $lacking := list -}}
{{- if eq $resource "cpu" }}{{ $lacking = list (dict "at" (list "workloads" $workload.key "resources") "container" (dict "resources" $workload.values.resources)) }}{{ end -}}
{{- range $kind := list "extraContainers" "extraInitContainers" -}}
{{- range $name, $container := get $workload.values $kind | default dict -}}
{{- if and $container (or (eq $kind "extraContainers") (eq "Always" ($container.restartPolicy | default ""))) }}{{ $lacking = append $lacking (dict "at" (list "workloads" $workload.key $kind $name "resources") "container" $container) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $lacking -}}
{{- $resources := .container.resources | default dict -}}
{{- if not (or (get ($resources.requests | default dict) $resource) (get ($resources.limits | default dict) $resource)) -}}
{{- include "mi.warning" (list $root "MI-VALUES-CLUSTER" .at (printf "%s is a percentage of the %s requests of all containers of the pod, and this one has none: unless a LimitRange of the namespace sets one, the autoscaler never scales. Set its resources.requests.%s. Or set %s: 0, and add a metric of type ContainerResource for the container micro-integrator under autoscaling.metrics." $target $resource $resource $target)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.unknown: what may bring an artifact or a role past the chart, which compares names and never looks into
images and volumes. Takes the root.
*/}}
{{- define "mi.warnings.unknown" -}}
{{- $root := . -}}
{{- $home := .Values.resolved.home -}}
{{- $server := printf "%s/repository/deployment/server" $home -}}
{{- $isolates := false -}}
{{- range .Values.resolved.workloads }}{{ if .isolated }}{{ $isolates = true }}{{ end }}{{ end -}}
{{- if $isolates -}}
{{- range $workload := .Values.resolved.workloads -}}
{{- $values := $workload.values -}}
{{- if eq "none" (include "mi.argumentsOf" $values.command) -}}
{{- include "mi.warning" (list $root "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" $workload.key "command") (printf "Workload %s starts its server with a command that does not pass on the arguments of the container, so the chart cannot know its server roles. End the script with \"$@\", which contains -DserverRoles, and add a word after it, for example --." $workload.key)) -}}
{{- end -}}
{{- $postStart := ($values.lifecycle | default dict).postStart -}}
{{- if and $postStart (regexMatch "carbonapps|synapse-configs" (toJson $postStart)) -}}
{{- include "mi.warning" (list $root "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" $workload.key "lifecycle" "postStart") (printf "Workload %s has a lifecycle.postStart that writes artifacts, which the chart cannot compare with those of other workloads. Deliver them with artifacts.source instead." $workload.key)) -}}
{{- end -}}
{{- range $path, $file := $workload.files -}}
{{- if and $file (hasPrefix "bin/" $path) }}{{ include "mi.warning" (list $root "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" $workload.key "files" $path) (printf "Workload %s replaces %s of MI: the chart cannot know the server roles that it starts with." $workload.key $path)) }}{{ end -}}
{{- if and $file (not $workload.isolated) (regexMatch "^repository/deployment/server/synapse-configs/[^/]+/inbound-endpoints/" $path) -}}
{{- include "mi.warning" (list $root "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" $workload.key "files" $path) (printf "Workload %s has an inbound endpoint in a file (%s), which has no server role: each of its pods starts it. If it polls, put it under files of one stateful workload, or into an archive." $workload.key $path)) -}}
{{- end -}}
{{- end -}}
{{- include "mi.mounts" (list $root $workload) -}}
{{- range $mountPath, $mount := $workload.mounts -}}
{{- $path := clean $mountPath -}}
{{- if and (ne $mount.name "home") (or (hasPrefix (printf "%s/bin/" $home) (printf "%s/" $path)) (eq $path $home) (hasPrefix (printf "%s/" $path) "/home/wso2carbon/docker-entrypoint.sh/")) -}}
{{- include "mi.warning" (list $root "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" $workload.key "extraVolumeMounts") (printf "Workload %s mounts a volume over %s, with MI's start script in it: the chart cannot know the server roles that it starts with." $workload.key $path)) -}}
{{- end -}}
{{- if and (not $workload.isolated) (or (hasPrefix (printf "%s/synapse-configs" $server) $path) (hasPrefix (printf "%s/" $path) (printf "%s/" $server))) (ne $mount.name "home") -}}
{{- include "mi.warning" (list $root "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" $workload.key "extraVolumeMounts") (printf "Workload %s mounts a volume at %s: tasks, processors and polling inbound endpoints in it have no server role, so each of its pods runs them. Put them into archives with a server role." $workload.key $path)) -}}
{{- end -}}
{{- end -}}
{{- if and $workload.isolated (not $workload.ownRoles) (gt (len $root.Values.resolved.workloads) 1) -}}
{{- include "mi.archiveSources" (list $root $workload) -}}
{{- range $workload.archiveSources -}}
{{- if and (hasPrefix "volume " .of) (contains "\"emptyDir\"" .of) -}}
{{- include "mi.warning" (list $root "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" $workload.key "artifacts" "roles") (printf "Workload %s differs from others only in the archives that a container copies, and the chart cannot see what it copies: make sure that no stateful artifact is in both. Server roles, which mi-patterns package writes, prevent that whatever the archives are." $workload.key)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- include "mi.warnings.imageNames" . -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.imageNames: image volumes of one repository of which one is named by tag and another by digest: they may be
the same. Takes the root.
*/}}
{{- define "mi.warnings.imageNames" -}}
{{- $root := . -}}
{{- $tags := dict -}}
{{- $digests := dict -}}
{{- $anyDigest := false -}}
{{- range $workload := .Values.resolved.workloads -}}
{{- include "mi.archiveSources" (list $root $workload) -}}
{{- range $workload.archiveSources }}{{ if and (hasPrefix "image " .of) (contains "@" .of) }}{{ $anyDigest = true }}{{ end }}{{ end -}}
{{- end -}}
{{- if $anyDigest -}}
{{- range $workload := .Values.resolved.workloads -}}
{{- $names := list -}}
{{- range $workload.archiveSources }}{{ if hasPrefix "image " .of }}{{ $names = append $names (trimPrefix "image " .of) }}{{ end }}{{ end -}}
{{- $hasDigest := contains "@" (join " " $names) -}}
{{- $hasTag := false -}}
{{- range $names }}{{ if not (or (contains "@" .) (eq . (include "mi.imageRepository" .))) }}{{ $hasTag = true }}{{ end }}{{ end -}}
{{- range $names -}}
{{- $repository := include "mi.imageRepository" . -}}
{{- if and $hasDigest (not $hasTag) }}{{ $_ := set $digests $repository (list $workload.key (and $workload.isolated (not $workload.ownRoles))) }}{{ end -}}
{{- if and $hasTag (not $hasDigest) }}{{ $_ := set $tags $repository (list $workload.key (and $workload.isolated (not $workload.ownRoles))) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $repository, $first := $tags -}}
{{- $second := get $digests $repository -}}
{{- if and $second (or (index $first 1) (index $second 1)) -}}
{{- include "mi.warning" (list $root "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" (index $first 0) "artifacts") (printf "The workloads %s and %s take archives from %s, one by tag and one by digest. If these are the same image, each would run everything in it. Name both by digest." (index $first 0) (index $second 0) $repository)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
