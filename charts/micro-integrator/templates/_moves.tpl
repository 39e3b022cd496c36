{{/*
Refusals of an upgrade that would run an artifact in two pods. Helm starts what is new before it ends what is old, and a
Deployment that grows while its pods change first adds pods of the old kind
(kubernetes/kubernetes, pkg/controller/deployment/sync.go, scale). So what runs is looked at, where there is a cluster to ask.

mi.validate.moves: refuses the upgrade while a pod of the release runs what another workload is to run. Takes the root, after
mi.resolve.
*/}}
{{- define "mi.validate.moves" -}}
{{- /* helm template --is-upgrade is always of revision 1, and starts nothing. */ -}}
{{- if and .Release.IsUpgrade (gt (int64 .Release.Revision) 1) (ne false .Values.checkRunningPods) -}}
{{- $resolved := .Values.resolved -}}
{{- $owners := dict -}}
{{- range $workload := $resolved.workloads -}}
{{- range ($workload.values.artifacts).stateful }}{{ $_ := set $owners . $workload }}{{ end -}}
{{- end -}}
{{- $running := include "mi.runningPods" . | fromYamlArray -}}
{{- $populated := dict -}}
{{- range $running }}{{ $_ := set $populated .key true }}{{ end -}}
{{- $moves := list -}}
{{- $old := dict -}}
{{- range $pod := $running -}}
{{- $now := get $resolved.byKey $pod.key | default dict -}}
{{- if ne $pod.kind $now.kind }}{{ $now = dict }}{{ end -}}
{{- if ne $pod.coordination (ternary "database" "isolate" $resolved.database) }}{{ $now = dict }}{{ end -}}
{{- range $artifact := $pod.artifacts -}}
{{- $owner := get $owners $artifact | default dict -}}
{{- if and $owner (or (not $now) (ne $owner.key $now.key)) -}}
{{- $moves = append $moves (printf "%s runs in pod %s, and %s %s is to run it" $artifact $pod.name $owner.kind $owner.name) -}}
{{- $_ := set $old $pod.object true -}}
{{- else if and (not $owner) $now (ne $pod.coordination "database") $now.overlap (gt (int64 $now.fewest) 1) -}}
{{- $moves = append $moves (printf "%s runs in pod %s and ends, but %s %s grows to %d pods, the first of them still of the old kind" $artifact $pod.name $now.kind $now.name (int64 $now.fewest)) -}}
{{- $_ := set $old $pod.object true -}}
{{- end -}}
{{- end -}}
{{- /* A stateful pod that lists nothing gives up what it runs when its workload ends or is stateful no more. */ -}}
{{- if and (not $pod.artifacts) (eq $pod.type "stateful") (ne $pod.coordination "database") (not $now.isolated) -}}
{{- range $workload := $resolved.workloads -}}
{{- if and $workload.isolated (not (hasKey $populated $workload.key)) -}}
{{- $moves = append $moves (printf "pod %s is stateful and does not say what it runs, so %s %s may be to run it" $pod.name $workload.kind $workload.name) -}}
{{- $_ := set $old $pod.object true -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $moves -}}
{{- fail (printf "\n\nThis upgrade would run stateful artifacts twice until the old pods have ended:\n- %s\nEnd them first; this waits until they are gone, and the upgrade makes again what it needs:\n  kubectl delete %s --namespace %s --cascade=foreground\nThen upgrade. `mi-patterns rollout` does both. checkRunningPods: false takes the risk." (join "\n- " $moves) (keys $old | sortAlpha | join " ") (include "mi.namespace" .)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.runningPods: the pods of the release that have not ended, as a YAML list: name, key and kind of their workload, object
(deployment/NAME), type, coordination, artifacts. Empty where no cluster is asked (helm template, Argo CD). Takes the root.
*/}}
{{- define "mi.runningPods" -}}
{{- $pods := list -}}
{{- range $pod := (lookup "v1" "Pod" (include "mi.namespace" .) "").items | default list -}}
{{- $labels := $pod.metadata.labels | default dict -}}
{{- $marks := $pod.metadata.annotations | default dict -}}
{{- $owner := first ($pod.metadata.ownerReferences | default list) | default dict -}}
{{- $kind := get (dict "ReplicaSet" "Deployment" "StatefulSet" "StatefulSet") ($owner.kind | default "") -}}
{{- $key := get $labels "app.kubernetes.io/component" -}}
{{- if and $kind $key (eq $.Release.Name (get $labels "app.kubernetes.io/instance")) (eq ($.Values.nameOverride | default $.Chart.Name) (get $labels "app.kubernetes.io/name")) (not (has ($pod.status).phase (list "Succeeded" "Failed"))) -}}
{{- $artifacts := list -}}
{{- range splitList "," (get $marks "mi-patterns.io/stateful-artifacts") }}{{ with trim . }}{{ $artifacts = append $artifacts . }}{{ end }}{{ end -}}
{{- $name := ternary (regexReplaceAll "-[^-]+$" ($owner.name | default "") "") $owner.name (eq $kind "Deployment") -}}
{{- $pods = append $pods (dict "name" $pod.metadata.name "key" $key "kind" $kind "object" (printf "%s/%s" (lower $kind) $name) "type" (get $labels "mi-patterns.io/workload-type") "coordination" (get $marks "mi-patterns.io/coordination" | default "isolate") "artifacts" $artifacts) -}}
{{- end -}}
{{- end -}}
{{- toYaml $pods -}}
{{- end -}}
