{{/*
mi.warnings.collect: fills .Values.resolved.warnings, which NOTES and the warnings ConfigMap both show. A warning is a
sentence about something that works, but not as well as its author may think. Takes the root.
*/}}
{{- define "mi.warnings.collect" -}}
{{- $resolved := .Values.resolved -}}
{{- $found := list -}}
{{- $stateful := list -}}
{{- $plain := list -}}
{{- $dotted := list -}}
{{- range $workload := $resolved.workloads -}}
{{- if $workload.isolated }}{{ $stateful = append $stateful $workload.key }}{{ end -}}
{{- if and (eq $resolved.pattern "coordinated") (eq $workload.type "stateless") (lt (int64 $workload.fewest) 2) -}}
{{- $found = append $found (printf "workload %s is stateless with fewer than 2 pods: losing one is an outage. Set replicas: 2 or more." $workload.key) -}}
{{- end -}}
{{- range $line := regexFindAll "(?im)^[^=\n]*(password|secret|token)[\"']? = \"[^\"]+\"" $workload.toml -1 -}}
{{- if not (or (contains "$env{" $line) (contains "$secret{" $line) (contains "$sys{" $line) (contains "$ref{" $line) (hasSuffix "\"wso2carbon\"" $line)) }}{{ $plain = append $plain (regexFind "^[^ =]+" $line) }}{{ end -}}
{{- end -}}
{{- range $name := keys ($workload.values.deploymentToml | default dict) }}{{ if contains "." $name }}{{ $dotted = append $dotted $name }}{{ end }}{{ end -}}
{{- range $name, $volume := $workload.values.persistence | default dict -}}
{{- if and $volume $volume.existingClaim (gt (int64 $workload.most) 1) -}}
{{- $found = append $found (printf "workload %s runs several pods on the claim %s: it must be ReadWriteMany." $workload.key $volume.existingClaim) -}}
{{- end -}}
{{- end -}}
{{- if and (eq $workload.artifacts.source "imageVolume") (semverCompare "<1.35.0-0" $.Capabilities.KubeVersion.Version) -}}
{{- $found = append $found (printf "workload %s takes its archives from an image volume: before Kubernetes 1.35 the cluster needs the feature gate ImageVolume for that." $workload.key) -}}
{{- end -}}
{{- if and (eq $workload.kind "Deployment") (not $workload.isolated) (not $workload.overlap) -}}
{{- $found = append $found (printf "workload %s keeps a volume that one node holds, so an update stops the old pod first. Use ReadWriteMany for an update without a gap." $workload.key) -}}
{{- end -}}
{{- end -}}
{{- range $name := keys (.Values.deploymentToml | default dict) }}{{ if contains "." $name }}{{ $dotted = append $dotted $name }}{{ end }}{{ end -}}
{{- range $dotted | uniq | sortAlpha -}}
{{- $found = append $found (printf "deploymentToml has the key %q: in YAML a dot does not nest, so MI gets one quoted key. Nest the maps if a table is meant." .) -}}
{{- end -}}
{{- with $plain | uniq | sortAlpha -}}
{{- $found = append $found (printf "deployment.toml has %s in plain text, and it is in a ConfigMap. Put the value into a Secret, refer to it under env, and write $env{NAME}." (join ", " .)) -}}
{{- end -}}
{{- if and (eq $resolved.pattern "single-replica") $stateful (not (index $resolved.workloads 0).own.type) (not (.Values.workloadDefaults).type) -}}
{{- $found = append $found (printf "workload %s has no type, so an update stops the old pod first: the image may hold a task that must not run twice. Set type: stateless if nothing in it is stateful, for an update without a gap." (index $stateful 0)) -}}
{{- end -}}
{{- if and (eq $resolved.pattern "coordinated") (not $stateful) (not $resolved.database) -}}
{{- $found = append $found "pattern is coordinated, but no workload is stateful. If nothing is, pattern: multiple-replicas says so; if something is, give it a workload of type: stateful." -}}
{{- end -}}
{{- if and $resolved.database (not (include "mi.atLeast" (list . "4.7.0"))) -}}
{{- $found = append $found (printf "database coordination of MI %s can run a task twice when a server or the database stalls; claim-before-fire came with 4.7. coordination.mode: isolate avoids it." (include "mi.version" .)) -}}
{{- end -}}
{{- if eq "latest" ((.Values.image).tag | default "") -}}
{{- $found = append $found "image.tag is latest: pods started on different days may run different images. Use a version or a digest." -}}
{{- end -}}
{{- if eq "image" ((.Values.runtime).deploymentTomlFrom | default "values") -}}
{{- $found = append $found "runtime.deploymentTomlFrom is image: deploymentToml is not used, and the image's file must have [server] hot_deployment = false and its graceful_shutdown_timeout within gracefulShutdown.timeoutSeconds." -}}
{{- end -}}
{{- if and (.Values.gateway).enabled (not (include "mi.gateway.renders" .)) -}}
{{- $found = append $found "gateway.enabled is true, but the cluster has no gateway.networking.k8s.io/v1, so no HTTPRoute was written. Install the Gateway API, or set gateway.force: true when rendering offline." -}}
{{- end -}}
{{- if and (.Values.route).enabled (not (include "mi.route.renders" .)) -}}
{{- $found = append $found "route.enabled is true, but the cluster has no route.openshift.io/v1, so no Route was written. Set route.force: true when rendering offline." -}}
{{- end -}}
{{- $_ := set $resolved "warnings" $found -}}
{{- end -}}

{{/*
mi.gateway.renders, mi.route.renders: "true" when the kind shall be written: enabled, and the API seen or forced.
*/}}
{{- define "mi.gateway.renders" -}}
{{- $gateway := .Values.gateway | default dict -}}
{{- if and $gateway.enabled (or $gateway.force (.Capabilities.APIVersions.Has "gateway.networking.k8s.io/v1")) }}true{{ end -}}
{{- end -}}

{{- define "mi.route.renders" -}}
{{- $route := .Values.route | default dict -}}
{{- if and $route.enabled (or $route.force (.Capabilities.APIVersions.Has "route.openshift.io/v1")) }}true{{ end -}}
{{- end -}}
