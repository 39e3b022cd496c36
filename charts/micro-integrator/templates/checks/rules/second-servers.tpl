{{- /*
Second servers: whatever else starts Micro Integrator from the image of the release, or scales a workload, runs once
more what a stateful workload has for itself, or what servers share through a database that this one does not know.
*/ -}}
{{- include "mi.decide" . -}}
{{- if ne .Values.resolved.pattern "multiple-replicas" }}{{ include "mi.validate.secondServers" . }}{{ end -}}

{{/*
mi.validate.secondServers: extra containers, extra objects and a schema job that do so. Takes the root.
*/}}
{{- define "mi.validate.secondServers" -}}
{{- $root := . -}}
{{- $isolated := dict -}}
{{- range .Values.resolved.workloads }}{{ if .isolated }}{{ $_ := set $isolated .name .key }}{{ end }}{{ end -}}
{{- $database := .Values.resolved.database -}}
{{- if or $isolated $database -}}
{{- $what := printf "what only one pod of %s must run" (values $isolated | sortAlpha | join ", ") -}}
{{- if $database }}{{ $what = printf "what the servers of %s share through their database" (keys .Values.resolved.workloads | sortAlpha | join ", ") }}{{ end -}}
{{- $job := (.Values.coordination).schemaJob | default dict -}}
{{- if and $database $job.enabled (include "mi.startsServer" (list $root $job)) -}}
{{- include "mi.fault" (list .Values.resolved.faults "MI-VALUES-NOT-ISOLATED" "coordination.schemaJob.command" (printf "The job starts Micro Integrator, which runs %s, too. Set command to what creates the schema." $what)) -}}
{{- end -}}
{{- range $workload := .Values.resolved.workloads -}}
{{- range $kind := list "extraContainers" "extraInitContainers" -}}
{{- range $name, $container := get $workload.values $kind | default dict -}}
{{- if and $container (include "mi.startsServer" (list $root $container)) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-NOT-ISOLATED" (include "mi.path" (list "workloads" $workload.key $kind $name)) (printf "This container starts a second Micro Integrator in each pod, which may run %s. Make it a workload; if it runs another program of the image, set command." $what)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $entry := include "mi.extraObjects.read" . | fromJsonArray -}}
{{- $where := include "mi.path" (list "extraObjects" $entry.key) -}}
{{- range include "mi.containersIn" $entry.object | fromJsonArray -}}
{{- if include "mi.startsServer" (list $root .) -}}
{{- include "mi.fault" (list $root.Values.resolved.faults "MI-VALUES-NOT-ISOLATED" $where (printf "This %s starts Micro Integrator outside the workloads, so the chart cannot stop it from running %s. Make it a workload; if it runs another program of the image, set command." $entry.object.kind $what)) -}}
{{- end -}}
{{- end -}}
{{- $spec := include "mi.mapAt" (list $entry.object "spec") | fromJson -}}
{{- /* Argo Rollouts and Flagger start pods of their own after the template of a Deployment. */ -}}
{{- $copied := toString (include "mi.mapAt" (list $spec (get (dict "Rollout" "workloadRef" "Canary" "targetRef") (toString $entry.object.kind) | default "none")) | fromJson).name -}}
{{- if include "mi.scalesIsolated" (list $root $copied) -}}
{{- include "mi.fault" (list $root.Values.resolved.faults "MI-VALUES-NOT-ISOLATED" $where (printf "This %s would start more pods like those of %s, which is stateful and has one active pod. Remove it: a stateful workload ends its old pod before the new one starts." $entry.object.kind $copied)) -}}
{{- end -}}
{{- $target := toString (include "mi.mapAt" (list $spec "scaleTargetRef") | fromJson).name -}}
{{- if and (include "mi.scalesIsolated" (list $root $target)) (gt ($spec.maxReplicas | default ($spec.maxReplicaCount | default 100) | int64) 1) -}}
{{- include "mi.fault" (list $root.Values.resolved.faults (ternary "MI-VALUES-SINGLE-REPLICA" "MI-VALUES-COORDINATED" (eq $root.Values.resolved.pattern "single-replica")) $where (printf "This %s would scale %s, which is stateful and has one active pod: its tasks would run in every pod. Remove it, or set its maximum to 1." $entry.object.kind $target)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.scalesIsolated: "true" when a name is that of an isolated workload's pods. Values are also judged before anybody
knows the name of the release, so the end of the name decides: of several workloads it fits, the one with the longest
key. Takes (root, name).
*/}}
{{- define "mi.scalesIsolated" -}}
{{- $name := index . 1 -}}
{{- $found := dict -}}
{{- range (index . 0).Values.resolved.workloads -}}
{{- if and (or (eq $name .name) (hasSuffix (printf "-%s" .key) $name)) (ge (len .key) (len ($found.key | default ""))) }}{{ $found = . }}{{ end -}}
{{- end -}}
{{- if $found.isolated }}true{{ end -}}
{{- end -}}

{{/*
mi.startsServer: "true" when a container starts Micro Integrator: it names server roles, or has an image of the release
and either no command of its own or MI's. Takes (root, container).
*/}}
{{- define "mi.startsServer" -}}
{{- $container := index . 1 -}}
{{- $words := list -}}
{{- range list $container.command $container.args }}{{ if kindIs "slice" . }}{{ $words = concat $words . }}{{ end }}{{ end -}}
{{- if kindIs "slice" $container.env }}{{ range $container.env }}{{ if kindIs "map" . }}{{ $words = append $words (.value | default "") }}{{ end }}{{ end }}{{ end -}}
{{- $said := $words | join " " -}}
{{- $ours := has (include "mi.imageRepository" (toString $container.image)) (include "mi.serverImages" (index . 0) | fromJsonArray) -}}
{{- if contains "-DserverRoles" $said }}true
{{- else if and $ours (or (not $container.command) (regexMatch "entrypoint\\.sh|micro-integrator\\.sh" $said)) }}true
{{- end -}}
{{- end -}}

{{/*
mi.containersIn: the containers of pods that an object makes, as a JSON list: whatever its kind, they stand in
`containers` and `initContainers`, in workflows of Argo also in `container`. Takes a value.
*/}}
{{- define "mi.containersIn" -}}
{{- $found := list -}}
{{- $isMap := kindIs "map" . -}}
{{- if or $isMap (kindIs "slice" .) -}}
{{- range $key, $value := . -}}
{{- $found = concat $found (include "mi.containersIn" $value | fromJsonArray) -}}
{{- if and $isMap (has $key (list "containers" "initContainers" "container")) -}}
{{- range ternary $value (list $value) (kindIs "slice" $value) }}{{ if kindIs "map" . }}{{ $found = append $found . }}{{ end }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/*
mi.mapAt: the map below a value, as JSON; an empty one where something else stands on the way. Takes (value, keys...).
*/}}
{{- define "mi.mapAt" -}}
{{- $at := first . -}}
{{- range rest . }}{{ $at = ternary $at dict (kindIs "map" $at) }}{{ $at = get $at . }}{{ end -}}
{{- ternary $at dict (kindIs "map" $at) | toJson -}}
{{- end -}}
