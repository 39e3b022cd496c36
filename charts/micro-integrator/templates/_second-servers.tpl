{{/*
Second servers: whatever else starts Micro Integrator from the image of the release, or scales a workload, runs what a
stateful workload has for itself once more.

mi.validate.secondServers: extra containers and extra objects that do so. Takes the root.
*/}}
{{- define "mi.validate.secondServers" -}}
{{- $root := . -}}
{{- $isolated := dict -}}
{{- range .Values.resolved.workloads }}{{ if .isolated }}{{ $_ := set $isolated .name .key }}{{ end }}{{ end -}}
{{- if $isolated -}}
{{- $whose := values $isolated | sortAlpha | join ", " -}}
{{- range $workload := .Values.resolved.workloads -}}
{{- range $kind := list "extraContainers" "extraInitContainers" -}}
{{- range $name, $container := get $workload.values $kind -}}
{{- if and $container (include "mi.startsServer" (list $root $container)) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-NOT-ISOLATED" (include "mi.path" (list "workloads" $workload.key $kind $name)) (printf "This container starts a second Micro Integrator in each pod, which may run what only one pod of %s is to run. Make it a workload; for another program of the image set command." $whose)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $entry := include "mi.extraObjects.read" . | fromJsonArray -}}
{{- $where := include "mi.path" (list "extraObjects" $entry.key) -}}
{{- range $pod := include "mi.podSpecs" $entry.object | fromJsonArray -}}
{{- range concat ($pod.containers | default list) ($pod.initContainers | default list) -}}
{{- if include "mi.startsServer" (list $root .) -}}
{{- include "mi.fault" (list $root.Values.resolved.faults "MI-VALUES-NOT-ISOLATED" $where (printf "This %s starts Micro Integrator outside of the workloads, where the chart cannot keep it from running what only one pod of %s is to run. Make it a workload; for another program of the image set command." $entry.object.kind $whose)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $spec := $entry.object.spec | default dict -}}
{{- if kindIs "map" $spec -}}
{{- $target := ($spec.scaleTargetRef | default dict).name | default "" -}}
{{- if and (include "mi.scalesIsolated" (list $root $target)) (gt ($spec.maxReplicas | default ($spec.maxReplicaCount | default 100) | int64) 1) -}}
{{- include "mi.fault" (list $root.Values.resolved.faults "MI-VALUES-COORDINATED" $where (printf "This %s would scale %s, which is stateful and has one active pod: its tasks would run in each of several pods. Remove it, or set its maximum to 1." $entry.object.kind $target)) -}}
{{- end -}}
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
{{- $words := concat ($container.command | default list) ($container.args | default list) -}}
{{- range $container.env }}{{ $words = append $words (.value | default "") }}{{ end -}}
{{- $said := $words | join " " -}}
{{- $ours := has (include "mi.imageRepository" (toString $container.image)) (include "mi.serverImages" (index . 0) | fromJsonArray) -}}
{{- if contains "-DserverRoles" $said }}true
{{- else if and $ours (or (not $container.command) (regexMatch "entrypoint\\.sh|micro-integrator\\.sh" $said)) }}true
{{- end -}}
{{- end -}}

{{/*
mi.podSpecs: the pods that an object makes, as a JSON list. Takes the object.
*/}}
{{- define "mi.podSpecs" -}}
{{- $found := list -}}
{{- range ternary (.items | default list) (list .) (hasSuffix "List" (.kind | default "")) -}}
{{- $spec := .spec | default dict -}}
{{- if kindIs "map" $spec -}}
{{- $nested := ((($spec.jobTemplate).spec).template).spec -}}
{{- $template := ($spec.template | default dict).spec -}}
{{- range list $spec $template $nested }}{{ if and (kindIs "map" .) (kindIs "slice" .containers) }}{{ $found = append $found . }}{{ end }}{{ end -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/*
mi.extraObjects.read: the objects of extraObjects, as a JSON list of (key, object), templates in them filled in. Takes
the root.
*/}}
{{- define "mi.extraObjects.read" -}}
{{- $root := . -}}
{{- $extra := .Values.extraObjects | default dict -}}
{{- $entries := dict -}}
{{- if kindIs "slice" $extra -}}
{{- range $index, $entry := $extra }}{{ $_ := set $entries (printf "%04d" $index) $entry }}{{ end -}}
{{- else -}}
{{- $entries = $extra -}}
{{- end -}}
{{- $found := list -}}
{{- range $key, $entry := $entries -}}
{{- if $entry -}}
{{- range $document := regexSplit "(?m)^---\\s*$" (tpl (ternary $entry (toYaml $entry) (kindIs "string" $entry)) $root) -1 -}}
{{- with fromYaml $document }}{{ $found = append $found (dict "key" $key "object" .) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
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
{{- if and (has "-c" ($values.command | default list)) (not (regexMatch "\\$[@*]" (join " " $values.command))) -}}
{{- include "mi.warning" (list $root "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" $workload.key "command") (printf "workload %s starts its server by a command that does not pass on the arguments of the container, so the chart cannot know its server roles. End the command with \"$@\", which has -DserverRoles." $workload.key)) -}}
{{- end -}}
{{- $postStart := ($values.lifecycle | default dict).postStart -}}
{{- if and $postStart (regexMatch "carbonapps|synapse-configs" (toJson $postStart)) -}}
{{- include "mi.warning" (list $root "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" $workload.key "lifecycle" "postStart") (printf "workload %s has a lifecycle.postStart that writes artifacts, which the chart cannot tell from those of other workloads. Deliver them by artifacts.source, so that they are compared." $workload.key)) -}}
{{- end -}}
{{- range $path, $file := $workload.files -}}
{{- if and $file (hasPrefix "bin/" $path) }}{{ include "mi.warning" (list $root "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" $workload.key "files" $path) (printf "workload %s replaces %s of MI: the chart cannot know the server roles that it starts with." $workload.key $path)) }}{{ end -}}
{{- if and $file (not $workload.isolated) (regexMatch "^repository/deployment/server/synapse-configs/[^/]+/inbound-endpoints/" $path) -}}
{{- include "mi.warning" (list $root "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" $workload.key "files" $path) (printf "workload %s has an inbound endpoint in a file (%s), which has no server role: each of its pods starts it. If it polls, put it under files of one stateful workload, or into an archive." $workload.key $path)) -}}
{{- end -}}
{{- end -}}
{{- include "mi.mounts" (list $root $workload) -}}
{{- range $mountPath, $mount := $workload.mounts -}}
{{- $path := clean $mountPath -}}
{{- if and (ne $mount.name "home") (or (hasPrefix (printf "%s/bin/" $home) (printf "%s/" $path)) (eq $path $home)) -}}
{{- include "mi.warning" (list $root "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" $workload.key "extraVolumeMounts") (printf "workload %s mounts a volume over %s, with MI's start script in it: the chart cannot know the server roles that it starts with." $workload.key $path)) -}}
{{- end -}}
{{- if and (not $workload.isolated) (or (hasPrefix (printf "%s/synapse-configs" $server) $path) (hasPrefix (printf "%s/" $path) (printf "%s/" $server))) (ne $mount.name "home") -}}
{{- include "mi.warning" (list $root "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" $workload.key "extraVolumeMounts") (printf "workload %s mounts a volume at %s: tasks, processors and polling inbound endpoints in it have no server role, so each of its pods runs them. Put them into archives with a server role." $workload.key $path)) -}}
{{- end -}}
{{- end -}}
{{- if and $workload.isolated (not $workload.ownRoles) -}}
{{- include "mi.archiveSources" (list $root $workload) -}}
{{- range $workload.archiveSources -}}
{{- if and (hasPrefix "volume " .of) (contains "\"emptyDir\"" .of) -}}
{{- include "mi.warning" (list $root "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" $workload.key "artifacts" "roles") (printf "workload %s is told from others only by archives that a container copies, and the chart cannot see what it copies. Server roles, which mi-patterns package writes, hold whatever the archives are." $workload.key)) -}}
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
{{- include "mi.warning" (list $root "MI-VALUES-ISOLATION-UNKNOWN" (list "workloads" (index $first 0) "artifacts") (printf "the workloads %s and %s take archives from %s, one by tag and one by digest, which may be the same: then each would run all of it. Name both by digest." (index $first 0) (index $second 0) $repository)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
