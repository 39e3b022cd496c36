{{/*
Isolation: what a stateful workload runs is deployed by the servers of no other. A server deploys an artifact when it gets the
archive and one of the server's roles, as a regular expression, matches the artifact's role as a whole
(ApplicationConfiguration.java, AppDeployerUtils.java of wso2/product-integrator-mi). So both are compared: the roles that
servers start with, and the archives that reach them.

mi.validate.isolation: takes the root.
*/}}
{{- define "mi.validate.isolation" -}}
{{- $resolved := .Values.resolved -}}
{{- $carriers := dict -}}
{{- $patterns := list -}}
{{- range $workload := $resolved.workloads -}}
{{- range $role := $workload.roles -}}
{{- if not (include "mi.isComparable" $role) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-FORMAT" (include "mi.path" (list "workloads" $workload.key "artifacts" "roles")) (printf "MI reads the server role %q as a regular expression, which cannot be compared with the roles of other workloads. Use letters, digits, - and _, or a pattern such as Orders.*" $role)) -}}
{{- end -}}
{{- $_ := set $carriers $role (append (get $carriers $role | default list) $workload.key) -}}
{{- if include "mi.isPattern" $role }}{{ $patterns = append $patterns (list $workload.key $role) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $workload := $resolved.workloads -}}
{{- if $workload.isolated -}}
{{- $others := dict -}}
{{- range $role := $workload.ownRoles | default $workload.roles -}}
{{- range get $carriers $role }}{{ $_ := set $others . $role }}{{ end -}}
{{- range $patterns }}{{ if regexMatch (printf "^(?:%s)$" (index . 1)) $role }}{{ $_ := set $others (index . 0) $role }}{{ end }}{{ end -}}
{{- if include "mi.isPattern" $role -}}
{{- range $patterns -}}
{{- $theirs := include "mi.rolePrefix" (index . 1) -}}
{{- $ours := include "mi.rolePrefix" $role -}}
{{- if or (hasPrefix $ours $theirs) (hasPrefix $theirs $ours) }}{{ $_ := set $others (index . 0) $role }}{{ end -}}
{{- end -}}
{{- range $other, $keys := $carriers -}}
{{- if regexMatch (printf "^(?:%s)$" $role) $other }}{{ range $keys }}{{ $_ := set $others . $other }}{{ end }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := unset $others $workload.key -}}
{{- range $key, $role := $others -}}
{{- include "mi.validate.apart" (list $ $workload (get $resolved.byKey $key) $role) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.apart: an isolated workload and another one whose servers take a role of it get no archive in common.
Takes (root, workload, other workload, role).
*/}}
{{- define "mi.validate.apart" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $other := index . 2 -}}
{{- $role := index . 3 -}}
{{- $pair := list $workload.key $other.key | sortAlpha -}}
{{- if and (has $role $workload.ownRoles) (has $role $other.ownRoles) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-ROLE-TWICE" (include "mi.path" (list "workloads" (index $pair 1) "artifacts" "roles")) (printf "The server role %s is in the workloads %s and %s, and one of them is stateful: what carries the role would be active in both. List it under artifacts.roles of one of them." $role (index $pair 0) (index $pair 1))) -}}
{{- else if include "mi.shareArchives" (list $root $workload $other) -}}
{{- if $workload.ownRoles -}}
{{- $path := "artifacts.roles" -}}
{{- range $other.tomlRoles }}{{ if include "mi.roleMatches" (list . $role) }}{{ $path = "deploymentToml.server.roles" }}{{ end }}{{ end -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-ROLE-TWICE" (printf "%s.%s" (include "mi.path" (list "workloads" $other.key)) $path) (printf "The server role %s is in the workloads %s and %s, and one of them is stateful: what carries the role would be active in both. MI reads the roles of a server as regular expressions. Take it out of %s of workload %s, or give that workload roles of its own in deploymentToml.server.roles." $role (index $pair 0) (index $pair 1) $path $other.key)) -}}
{{- else if not $workload.isAlike -}}
{{- /* One other workload says it; the way out is the same for all. */ -}}
{{- $_ := set $workload "isAlike" true -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-NOT-ISOLATED" (include "mi.path" (list "workloads" $workload.key "type")) (printf "The workload %s is stateful, but nothing tells its artifacts from those of %s: both have the same archives (as have two releases of one image) and no server role of their own, so each of their pods would run all of it. Give the artifacts a role (serverRole in the archive's artifact.xml; mi-patterns package does it), and list it under workloads.%s.artifacts.roles; or bring other archives, by an image under another name or a volume." $workload.key $other.key $workload.key)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.isPattern: "true" when a role is more than a plain name. Takes the role.
*/}}
{{- define "mi.isPattern" -}}
{{- if regexMatch "[^A-Za-z0-9_-]" . }}true{{ end -}}
{{- end -}}

{{/*
mi.isComparable: "true" when a role means the same in Java, which MI asks, and in Go, which the chart asks. Takes the role.
*/}}
{{- define "mi.isComparable" -}}
{{- if and (regexMatch "^[]A-Za-z0-9_.*?+|()[-]+$" .) (not (regexMatch "\\(\\?|[*+?][*+?]|\\[[^]]*\\[" .)) }}true{{ end -}}
{{- end -}}

{{/*
mi.rolePrefix: the text that everything begins with that a pattern matches; two patterns of which neither begins as the other
have nothing in common. Takes the role.
*/}}
{{- define "mi.rolePrefix" -}}
{{- if not (regexMatch "[|(]" .) }}{{ regexReplaceAll "([A-Za-z0-9_-][?*+]|[^A-Za-z0-9_-]).*$" . "" }}{{ end -}}
{{- end -}}

{{/*
mi.roleMatches: "true" when a server with one role deploys what carries another. Takes (role of the server, role of the artifact).
*/}}
{{- define "mi.roleMatches" -}}
{{- if or (eq (index . 0) (index . 1)) (regexMatch (printf "^(?:%s)$" (index . 0)) (index . 1)) }}true{{ end -}}
{{- end -}}

{{/*
mi.shareArchives: "true" when one archive can reach the servers of both workloads. Takes (root, workload, other workload).
*/}}
{{- define "mi.shareArchives" -}}
{{- $theirs := include "mi.archiveSources" (list (index . 0) (index . 2)) | fromJson -}}
{{- $shared := false -}}
{{- range $source, $files := include "mi.archiveSources" (list (index . 0) (index . 1)) | fromJson -}}
{{- range $ours := $files -}}
{{- range $their := get $theirs $source | default list -}}
{{- if include "mi.globsMeet" (list $ours $their) }}{{ $shared = true }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $shared }}true{{ end -}}
{{- end -}}

{{/*
mi.globsMeet: "true" when one file can match both patterns; two patterns with wildcards are taken to meet. Takes (pattern, pattern).
*/}}
{{- define "mi.globsMeet" -}}
{{- $first := index . 0 -}}
{{- $second := index . 1 -}}
{{- $wild := "[*?\\[]" -}}
{{- if eq $first $second }}true
{{- else if and (regexMatch $wild $first) (regexMatch $wild $second) }}true
{{- else if regexMatch $wild $first }}{{ if regexMatch (include "mi.globExpression" $first) $second }}true{{ end }}
{{- else if regexMatch $wild $second }}{{ if regexMatch (include "mi.globExpression" $second) $first }}true{{ end }}
{{- end -}}
{{- end -}}

{{/*
mi.globExpression: a shell pattern as a regular expression. Takes the pattern.
*/}}
{{- define "mi.globExpression" -}}
{{- printf "^%s$" (regexQuoteMeta . | replace "\\*" ".*" | replace "\\?" "." | replace "\\[!" "[^" | replace "\\[" "[" | replace "\\]" "]") -}}
{{- end -}}

{{/*
mi.archiveSources: where the servers of a workload get archives from, as JSON: file patterns by source. Only what reaches
MI's deployment folder counts. Takes (root, workload).
*/}}
{{- define "mi.archiveSources" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $artifacts := $workload.artifacts -}}
{{- $folder := include "mi.archivesFolder" $root -}}
{{- $server := printf "%s/repository/deployment/server" $root.Values.resolved.home -}}
{{- $sources := dict -}}
{{- $volumes := dict -}}
{{- range include "mi.volumes" . | fromYamlArray }}{{ $_ := set $volumes .name . }}{{ end -}}
{{- $hidden := false -}}
{{- range include "mi.volumeMounts" . | fromYamlArray -}}
{{- $path := clean .mountPath -}}
{{- $above := hasPrefix (printf "%s/" (trimSuffix "/" $path)) (printf "%s/" $folder) -}}
{{- if and (or $above (hasPrefix (printf "%s/" $server) $path)) (ne .name "home") -}}
{{- if $above }}{{ $hidden = true }}{{ end -}}
{{- if not (and (eq .name "archives") (eq $artifacts.source "initCopy")) -}}
{{- $volume := get $volumes .name | default dict -}}
{{- $image := $volume.image | default dict -}}
{{- $claim := $volume.persistentVolumeClaim | default dict -}}
{{- $of := include "mi.volumeIdentity" (list $workload .name $volume) -}}
{{- if $image.reference }}{{ $of = printf "image %s" (include "mi.imageName" $image.reference) }}{{ end -}}
{{- if $claim.claimName }}{{ $of = printf "claim %s" $claim.claimName }}{{ end -}}
{{- $_ := set $sources (printf "%s %s" $of (clean (printf "/%s" (.subPath | default "")))) (list "*") -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if eq $artifacts.source "initCopy" -}}
{{- $copy := $artifacts.initCopy | default dict -}}
{{- $image := include "mi.imageReference" (list $root ($copy.image | default (include "mi.workloadImage" .))) -}}
{{- range list (include "mi.imageName" $image) (include "mi.imageRepository" $image) -}}
{{- $_ := set $sources (printf "image %s %s" . ($copy.from | default $folder | clean)) ($copy.select | default list) -}}
{{- end -}}
{{- else if eq $artifacts.source "configMap" -}}
{{- range $file, $from := ($artifacts.configMap).archives -}}
{{- if $from }}{{ $_ := set $sources (printf "configMap %s/%s" $from.name ($from.key | default $file)) (list "*") }}{{ end -}}
{{- end -}}
{{- else if and (eq $artifacts.source "image") (not $hidden) -}}
{{- $_ := set $sources (printf "image %s %s" (include "mi.imageRepository" (include "mi.workloadImage" .)) $folder) (list "*") -}}
{{- end -}}
{{- range $path, $file := $workload.files -}}
{{- if and $file (hasPrefix "repository/deployment/server/" $path) }}{{ $_ := set $sources (printf "file %s" (toJson $file)) (list "*") }}{{ end -}}
{{- end -}}
{{- toJson $sources -}}
{{- end -}}

{{/*
mi.volumeIdentity: what is in a volume, as text to compare: its definition, and for one that starts empty the containers that
fill it. Takes (workload, name, volume).
*/}}
{{- define "mi.volumeIdentity" -}}
{{- $name := index . 1 -}}
{{- $fillers := list -}}
{{- if hasKey (index . 2) "emptyDir" -}}
{{- range $container := (index . 0).values.extraInitContainers | default dict -}}
{{- range ($container | default dict).volumeMounts }}{{ if eq .name $name }}{{ $fillers = append $fillers $container }}{{ end }}{{ end -}}
{{- end -}}
{{- end -}}
{{- $what := dict -}}
{{- range $kind, $from := omit (index . 2) "name" -}}
{{- $_ := set $what $kind (ternary (omit ($from | default dict) "readOnly" "defaultMode" "optional" "type" "fsType" "sizeLimit" "medium") $from (kindIs "map" $from)) -}}
{{- end -}}
{{- printf "volume %s" (toJson (list $what $fillers)) -}}
{{- end -}}

{{/*
mi.imageName: an image under one name, whether the registry of Docker is named or not. Takes the reference.
*/}}
{{- define "mi.imageName" -}}
{{- . | trimPrefix "index." | trimPrefix "docker.io/" | trimPrefix "library/" -}}
{{- end -}}

{{/*
mi.imageRepository: an image without tag and digest, since releases of one image usually hold the same archives. Takes the
reference.
*/}}
{{- define "mi.imageRepository" -}}
{{- include "mi.imageName" (regexReplaceAll "(:[^/:@]+)?(@.*)?$" . "") -}}
{{- end -}}

{{/*
mi.validate.looseFiles: a task or message processor outside of an archive has no server role, so MI deploys it in every pod.
Takes the root.
*/}}
{{- define "mi.validate.looseFiles" -}}
{{- $carriers := dict -}}
{{- range $workload := .Values.resolved.workloads -}}
{{- range $path, $file := $workload.files -}}
{{- if and $file (regexMatch "^repository/deployment/server/synapse-configs/[^/]+/(tasks|message-processors)/" $path) -}}
{{- if or (hasKey $carriers $path) (not $workload.isolated) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-NOT-ISOLATED" (include "mi.path" (list "workloads" $workload.key "files" $path)) "MI runs what is in this file in every pod that has it: a file outside of an archive has no server role. Write it under files of one stateful workload, or put it into an archive with a server role.") -}}
{{- end -}}
{{- $_ := set $carriers $path true -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
