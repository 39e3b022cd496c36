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
mi.emptyOverArtifacts: mounts that hide artifacts of the image with a volume in which there are none when the pod
starts, as JSON: `at`, `volume` and `folder` of each, by its path. Not where something may fill the volume. Kubernetes,
unlike docker, copies nothing of the image into a volume, and MI starts without artifacts, or the file that names its
registry (SynapseConfigurationBuilder). Takes (root, workload).
*/}}
{{- define "mi.emptyOverArtifacts" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $values := $workload.values -}}
{{- $found := dict -}}
{{- $starts := or $values.command ($values.lifecycle).postStart (and $workload.fenced ($root.Values.fencing).entrypoint) -}}
{{- if not $starts -}}
{{- include "mi.mounts" . -}}
{{- $server := printf "%s/repository/deployment/server" $root.Values.resolved.home -}}
{{- $archives := include "mi.archivesFolder" $root -}}
{{- $folders := ternary (list $archives) list (eq $workload.artifacts.source "image") | concat (list (printf "%s/synapse-configs" $server)) -}}
{{- range $at, $_ := $workload.mounts }}{{ if and (hasPrefix (printf "%s/" $server) $at) (regexMatch "/server/+(synapse-configs|dataservices|axis2services)(/|$)" $at) }}{{ $folders = append $folders (clean $at) }}{{ end }}{{ end -}}
{{- range $folder := $folders -}}
{{- /* The nearest one counts. */ -}}
{{- $nearest := "" -}}
{{- range $at, $_ := $workload.mounts -}}
{{- if and (hasPrefix (printf "%s/" (clean $at | trimSuffix "/")) (printf "%s/" $folder)) (ge (len (clean $at)) (len (clean $nearest))) }}{{ $nearest = $at }}{{ end -}}
{{- end -}}
{{- $name := (get $workload.mounts $nearest | default dict).name | default "" -}}
{{- $written := false -}}
{{- range $path, $file := $workload.files }}{{ if and $file (hasPrefix (printf "%s/" $folder) (printf "%s/%s" $root.Values.resolved.home $path)) }}{{ $written = true }}{{ end }}{{ end -}}
{{- if not (or (has $name (list "" "home")) $written (include "mi.volumeFillers" (list $workload $name) | fromJsonArray)) -}}
{{- range include "mi.volumes" (list $root $workload) | fromYamlArray -}}
{{- $new := and (hasPrefix "data-" $name) (not (get ($values.persistence | default dict) (trimPrefix "data-" $name) | default dict).existingClaim) -}}
{{- if and (eq .name $name) (or (hasKey . "emptyDir") (hasKey . "ephemeral") $new) }}{{ $_ := set $found $nearest (dict "at" $nearest "volume" $name "folder" $folder) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
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
{{- range include "mi.volumeFillers" (list (index . 1) $volume.name) | fromJsonArray -}}
{{- $fillers = append $fillers (pick . "image" "command" "args" "env" "envFrom") -}}
{{- range include "mi.imageIdentities" (list $root (toString .image)) | fromJsonArray }}{{ $images = append $images . }}{{ end -}}
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
