{{/*
Isolation: what a stateful workload runs is deployed by the servers of no other. A server deploys an artifact when it
gets the archive and one of the server's roles, as a regular expression, matches the artifact's role as a whole
(ApplicationConfiguration.java, AppDeployerUtils.java of wso2/product-integrator-mi). So both are compared: the roles
that servers start with, and the archives that reach them.

mi.validate.isolation: takes the root.
*/}}
{{- define "mi.validate.isolation" -}}
{{- $resolved := .Values.resolved -}}
{{- $carriers := dict -}}
{{- $patterns := list -}}
{{- /* Most servers have the same roles: each is looked at once. */ -}}
{{- $kinds := dict -}}
{{- range $workload := $resolved.workloads -}}
{{- range $role := $workload.roles -}}
{{- if not (hasKey $kinds $role) }}{{ $_ := set $kinds $role (dict "comparable" (include "mi.isComparable" $role) "pattern" (include "mi.isPattern" $role)) }}{{ end -}}
{{- $kind := get $kinds $role -}}
{{- if not $kind.comparable -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-FORMAT" (include "mi.path" (list "workloads" $workload.key "artifacts" "roles")) (printf "MI reads the server role %q as a regular expression, which cannot be compared with the roles of other workloads. Use letters, digits, - and _, or a pattern such as Orders.*" $role)) -}}
{{- end -}}
{{- if not (hasKey $carriers $role) }}{{ $_ := set $carriers $role dict }}{{ end -}}
{{- $_ := set (get $carriers $role) $workload.key true -}}
{{- if $kind.pattern }}{{ $patterns = append $patterns (list $workload.key $role) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $workload := $resolved.workloads -}}
{{- if $workload.isolated -}}
{{- $others := dict -}}
{{- range $role := $workload.ownRoles | default $workload.roles -}}
{{- range $key, $_ := get $carriers $role }}{{ $_ := set $others $key $role }}{{ end -}}
{{- range $patterns }}{{ if regexMatch (printf "^(?:%s)$" (index . 1)) $role }}{{ $_ := set $others (index . 0) $role }}{{ end }}{{ end -}}
{{- if (get $kinds $role).pattern -}}
{{- range $patterns -}}
{{- $theirs := include "mi.rolePrefix" (index . 1) -}}
{{- $ours := include "mi.rolePrefix" $role -}}
{{- if or (hasPrefix $ours $theirs) (hasPrefix $theirs $ours) }}{{ $_ := set $others (index . 0) $role }}{{ end -}}
{{- end -}}
{{- range $other, $keys := $carriers -}}
{{- if regexMatch (printf "^(?:%s)$" $role) $other }}{{ range $key, $_ := $keys }}{{ $_ := set $others $key $other }}{{ end }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := unset $others $workload.key -}}
{{- range $key, $role := $others -}}
{{- include "mi.validate.apart" (list $ $workload (get $resolved.workloads $key) $role) -}}
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
{{- include "mi.fault" (list $workload.faults "MI-VALUES-ROLE-TWICE" (printf "%s.%s" $other.path $path) (printf "The server role %s is in the workloads %s and %s, and one of them is stateful: what carries the role would be active in both. MI reads the roles of a server as regular expressions. Take it out of %s of workload %s, or give that workload roles of its own in deploymentToml.server.roles." $role (index $pair 0) (index $pair 1) $path $other.key)) -}}
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
mi.isComparable: "true" when a role means the same in Java, which MI asks, and in Go, which the chart asks. Takes the
role.
*/}}
{{- define "mi.isComparable" -}}
{{- if and (regexMatch "^[]A-Za-z0-9_.*?+|()[-]+$" .) (not (regexMatch "\\(\\?|[*+?][*+?]|\\[[^]]*\\[" .)) }}true{{ end -}}
{{- end -}}

{{/*
mi.rolePrefix: the text that everything begins with that a pattern matches; two patterns of which neither begins as the
other have nothing in common. Takes the role.
*/}}
{{- define "mi.rolePrefix" -}}
{{- if not (regexMatch "[|(]" .) }}{{ regexReplaceAll "([A-Za-z0-9_-][?*+]|[^A-Za-z0-9_-]).*$" . "" }}{{ end -}}
{{- end -}}

{{/*
mi.roleMatches: "true" when a server with one role deploys what carries another. Takes (role of the server, role of the
artifact).
*/}}
{{- define "mi.roleMatches" -}}
{{- if or (eq (index . 0) (index . 1)) (regexMatch (printf "^(?:%s)$" (index . 0)) (index . 1)) }}true{{ end -}}
{{- end -}}

{{/*
mi.shareArchives: "true" when one archive can reach the servers of both workloads: two places are one, or one is inside
of the other. Takes (root, workload, other workload).
*/}}
{{- define "mi.shareArchives" -}}
{{- $one := index . 1 -}}
{{- $other := index . 2 -}}
{{- include "mi.archiveSources" (list (index . 0) $one) -}}
{{- include "mi.archiveSources" (list (index . 0) $other) -}}
{{- $shared := false -}}
{{- range $our := $one.archiveSources -}}
{{- range $their := $other.archiveSources -}}
{{- if eq $our.of $their.of -}}
{{- if eq $our.path $their.path -}}
{{- range $glob := $our.files -}}
{{- range $their.files }}{{ if include "mi.globsMeet" (list $glob .) }}{{ $shared = true }}{{ end }}{{ end -}}
{{- end -}}
{{- else if or (hasPrefix (printf "%s/" (trimSuffix "/" $our.path)) $their.path) (hasPrefix (printf "%s/" (trimSuffix "/" $their.path)) $our.path) -}}
{{- $shared = true -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $shared }}true{{ end -}}
{{- end -}}

{{/*
mi.globsMeet: "true" when one file can match both patterns; two patterns with wildcards are taken to meet. Takes
(pattern, pattern).
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
mi.archiveSources: sets `archiveSources` of a workload, unless it is there: where its servers get archives from, a list
of (of, path, files): a volume, image or object, the folder or key in it, and file patterns. Only what reaches MI's
deployment folder counts. Takes (root, workload); prints nothing.
*/}}
{{- define "mi.archiveSources" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- if not (hasKey $workload "archiveSources") -}}
{{- $artifacts := $workload.artifacts -}}
{{- $folder := include "mi.archivesFolder" $root -}}
{{- $server := printf "%s/repository/deployment/server" $root.Values.resolved.home -}}
{{- $sources := list -}}
{{- $hidden := false -}}
{{- include "mi.mounts" . -}}
{{- range $mountPath, $mount := $workload.mounts -}}
{{- $path := clean $mountPath -}}
{{- $below := printf "%s/" (trimSuffix "/" $path) -}}
{{- $above := hasPrefix $below (printf "%s/" $folder) -}}
{{- if and (or $above (hasPrefix (printf "%s/" $server) $path)) (ne $mount.name "home") -}}
{{- if $above }}{{ $hidden = true }}{{ end -}}
{{- if not (and (eq $mount.name "archives") (eq $artifacts.source "initCopy")) -}}
{{- /* A mount above the folder of archives holds them further down; what else it holds there has no role either. */ -}}
{{- $in := $mount.subPath | default (ternary "" ($mount.subPathExpr | default "") (contains "$(" ($mount.subPathExpr | default ""))) -}}
{{- $rests := list "" -}}
{{- if hasPrefix $below (printf "%s/" $server) }}{{ $rests = list (trimPrefix $path $folder) (printf "%s/synapse-configs" (trimPrefix $path $server)) }}{{ end -}}
{{- $volume := dict "name" $mount.name -}}
{{- range include "mi.volumes" $ | fromYamlArray }}{{ if eq .name $mount.name }}{{ $volume = . }}{{ end }}{{ end -}}
{{- $places := include "mi.volumePlaces" (list $root $workload $volume $in) | fromJsonArray -}}
{{- range $rest := $rests -}}
{{- range $places }}{{ $sources = append $sources (dict "of" .of "path" (clean (printf "%s/%s" .path $rest)) "files" (list "*")) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if eq $artifacts.source "initCopy" -}}
{{- $copy := $artifacts.initCopy | default dict -}}
{{- $image := include "mi.imageReference" (list $root ($copy.image | default (include "mi.workloadImage" .))) -}}
{{- range include "mi.imageIdentities" (list $root $image) | fromJsonArray -}}
{{- $sources = append $sources (dict "of" . "path" ($copy.from | default $folder | clean) "files" ($copy.select | default list)) -}}
{{- end -}}
{{- else if eq $artifacts.source "configMap" -}}
{{- range $file, $from := ($artifacts.configMap).archives -}}
{{- if $from }}{{ $sources = append $sources (dict "of" (printf "configMap %s" $from.name) "path" (printf "/%s" ($from.key | default $file)) "files" (list "*")) }}{{ end -}}
{{- end -}}
{{- else if and (eq $artifacts.source "image") (not $hidden) -}}
{{- $sources = append $sources (dict "of" (printf "image %s" (include "mi.serverImage" .)) "path" $folder "files" (list "*")) -}}
{{- end -}}
{{- range $path, $file := $workload.files -}}
{{- if and $file (hasPrefix "repository/deployment/server/" $path) -}}
{{- range $kind, $from := $file -}}
{{- if kindIs "map" $from -}}
{{- $sources = append $sources (dict "of" (printf "%s %s" $kind $from.name) "path" (printf "/%s" $from.key) "files" (list "*")) -}}
{{- else -}}
{{- $sources = append $sources (dict "of" (printf "file %s" (toJson $file)) "path" "/" "files" (list "*")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := set $workload "archiveSources" $sources -}}
{{- end -}}
{{- end -}}

{{/*
mi.volumePlaces: what a volume, or a folder in it, shows, as a JSON list of (of, path): the same for two definitions of
one thing. Takes (root, workload, volume, folder).
*/}}
{{- define "mi.volumePlaces" -}}
{{- $root := index . 0 -}}
{{- $volume := index . 2 -}}
{{- $in := clean (printf "/%s" (index . 3)) -}}
{{- $places := list -}}
{{- if ($volume.image).reference -}}
{{- range include "mi.imageIdentities" (list $root $volume.image.reference) | fromJsonArray }}{{ $places = append $places (dict "of" . "path" $in) }}{{ end -}}
{{- else if ($volume.persistentVolumeClaim).claimName -}}
{{- $places = list (dict "of" (printf "claim %s" $volume.persistentVolumeClaim.claimName) "path" $in) -}}
{{- else if ($volume.hostPath).path -}}
{{- $places = list (dict "of" "hostPath" "path" (clean (printf "%s/%s" $volume.hostPath.path $in))) -}}
{{- else if ($volume.nfs).path -}}
{{- $places = list (dict "of" (printf "nfs %s" $volume.nfs.server) "path" (clean (printf "%s/%s" $volume.nfs.path $in))) -}}
{{- else if $volume.configMap -}}
{{- $places = include "mi.objectPlaces" (list (printf "configMap %s" $volume.configMap.name) $volume.configMap.items $in) | fromJsonArray -}}
{{- else if $volume.secret -}}
{{- $places = include "mi.objectPlaces" (list (printf "secret %s" ($volume.secret.secretName | default $volume.secret.name)) $volume.secret.items $in) | fromJsonArray -}}
{{- else if ($volume.projected).sources -}}
{{- range $source := $volume.projected.sources -}}
{{- range $kind := list "configMap" "secret" -}}
{{- with get $source $kind }}{{ $places = concat $places (include "mi.objectPlaces" (list (printf "%s %s" $kind .name) .items $in) | fromJsonArray) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- else -}}
{{- $filled := include "mi.volumeIdentity" (list $root (index . 1) $volume) | fromJson -}}
{{- $places = list (dict "of" $filled.of "path" $in) -}}
{{- range $filled.images }}{{ $places = append $places (dict "of" . "path" (include "mi.archivesFolder" $root)) }}{{ end -}}
{{- end -}}
{{- toJson $places -}}
{{- end -}}

{{/*
mi.objectPlaces: keys of a ConfigMap or Secret that a mount shows, as a JSON list of (of, path). Takes (object, items,
folder).
*/}}
{{- define "mi.objectPlaces" -}}
{{- $of := index . 0 -}}
{{- $in := index . 2 -}}
{{- $places := list -}}
{{- range index . 1 -}}
{{- $at := clean (printf "/%s" .path) -}}
{{- if or (eq $in "/") (eq $in $at) (hasPrefix (printf "%s/" $in) $at) }}{{ $places = append $places (dict "of" $of "path" (printf "/%s" .key)) }}{{ end -}}
{{- end -}}
{{- if not (index . 1) }}{{ $places = list (dict "of" $of "path" $in) }}{{ end -}}
{{- toJson $places -}}
{{- end -}}

{{/*
mi.volumeIdentity: what is in a volume, as JSON: `of`, its definition as text to compare, and for one that starts empty
the containers that fill it, with `images`, those of the release's servers among theirs. Takes (root, workload, volume).
*/}}
{{- define "mi.volumeIdentity" -}}
{{- $root := index . 0 -}}
{{- $volume := index . 2 -}}
{{- $fillers := list -}}
{{- $images := list -}}
{{- if hasKey $volume "emptyDir" -}}
{{- $values := (index . 1).values -}}
{{- range $containers := list ($values.extraInitContainers | default dict) ($values.extraContainers | default dict) -}}
{{- range $container := $containers -}}
{{- range ($container | default dict).volumeMounts -}}
{{- if eq .name $volume.name -}}
{{- $fillers = append $fillers (pick $container "image" "command" "args" "env" "envFrom") -}}
{{- range include "mi.imageIdentities" (list $root (toString $container.image)) | fromJsonArray }}{{ $images = append $images . }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $what := dict -}}
{{- range $kind, $from := omit $volume "name" -}}
{{- $_ := set $what $kind (ternary (omit ($from | default dict) "readOnly" "defaultMode" "optional" "type" "fsType" "sizeLimit" "medium") $from (kindIs "map" $from)) -}}
{{- end -}}
{{- dict "of" (printf "volume %s" (toJson (list $what $fillers))) "images" ($images | uniq) | toJson -}}
{{- end -}}

{{/*
mi.imageIdentities: names under which an image is compared, as a JSON list: by its tag and by its digest, of which two
that differ may hold the same; and one of the servers of the release by its repository, since releases of one image
usually hold the same archives. Takes (root, reference).
*/}}
{{- define "mi.imageIdentities" -}}
{{- $name := include "mi.imageName" (index . 1) -}}
{{- $repository := include "mi.imageRepository" (index . 1) -}}
{{- $found := list (printf "image %s" (regexReplaceAll "@.*$" $name "")) -}}
{{- with regexFind "@.*$" $name }}{{ $found = list (printf "image %s%s" $repository .) }}{{ if contains ":" (trimPrefix $repository (regexReplaceAll "@.*$" $name "")) }}{{ $found = append $found (printf "image %s" (regexReplaceAll "@.*$" $name "")) }}{{ end }}{{ end -}}
{{- if has $repository (include "mi.serverImages" (index . 0) | fromJsonArray) }}{{ $found = append $found (printf "image %s" $repository) }}{{ end -}}
{{- toJson ($found | uniq) -}}
{{- end -}}

{{/*
mi.serverImages: repositories of the images that the servers of the release are started from, as a JSON list. Takes the
root.
*/}}
{{- define "mi.serverImages" -}}
{{- $root := . -}}
{{- $resolved := .Values.resolved -}}
{{- if not (hasKey $resolved.memo "serverImages") -}}
{{- $found := list -}}
{{- range $resolved.workloads }}{{ $found = append $found (include "mi.serverImage" (list $root .)) }}{{ end -}}
{{- $_ := set $resolved.memo "serverImages" ($found | uniq | toJson) -}}
{{- end -}}
{{- $resolved.memo.serverImages -}}
{{- end -}}

{{/*
mi.serverImage: repository of the image that the servers of a workload are started from. Takes (root, workload).
*/}}
{{- define "mi.serverImage" -}}
{{- $image := include "mi.workloadImage" . -}}
{{- include "mi.once" (list (index . 0) "mi.imageRepository" $image $image) -}}
{{- end -}}

{{/*
mi.imageName: an image under one name, whatever registry it is from: a mirror has it under the same path. Takes the
reference.
*/}}
{{- define "mi.imageName" -}}
{{- regexReplaceAll "^([^/]*[.:][^/]*|localhost)/" . "" | trimPrefix "library/" -}}
{{- end -}}

{{/*
mi.imageRepository: an image without tag and digest, since releases of one image usually hold the same archives. Takes
the reference.
*/}}
{{- define "mi.imageRepository" -}}
{{- include "mi.imageName" (regexReplaceAll "(:[^/:@]+)?(@.*)?$" . "") -}}
{{- end -}}

{{/*
mi.validate.looseFiles: a task or message processor outside of an archive has no server role, so MI deploys it in every
pod. Takes the root.
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
