{{- /* Archives that a volume of the user would hide. */ -}}

{{/*
mi.validate.archives: no mount takes the place of the archives of a volume, and no volume that starts empty is over the
artifacts of the image. A claim that the chart makes is a warning: somebody may put archives into it. Takes (root,
workload).
*/}}
{{- define "mi.validate.archives" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $folder := include "mi.archivesFolder" $root -}}
{{- $source := $workload.artifacts.source -}}
{{- if has $source (list "imageVolume" "persistentVolumeClaim" "initCopy") -}}
{{- $over := list -}}
{{- range $at, $mount := $workload.values.extraVolumeMounts | default dict -}}
{{- if and (eq $folder (clean $at)) (ne "archives" (($mount | default dict).name | default "")) }}{{ $over = append $over (list "extraVolumeMounts" $at) }}{{ end -}}
{{- end -}}
{{- range $name, $volume := $workload.values.persistence | default dict -}}
{{- if and $volume (eq $folder (include "mi.persistence.path" (list $root $volume) | clean)) }}{{ $over = append $over (list "persistence" $name) }}{{ end -}}
{{- end -}}
{{- range $over -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (include "mi.path" (concat (list "workloads" $workload.key) .)) (printf "The archives of artifacts.source %s are mounted here, and this entry would take their place: none of them would be deployed. Remove it; or set artifacts.source: image if the volume of this entry has the archives." $source)) -}}
{{- end -}}
{{- end -}}
{{- if $workload.values.extraVolumeMounts -}}
{{- range include "mi.emptyOverArtifacts" . | fromJson -}}
{{- if and (hasKey $workload.values.extraVolumeMounts .at) (not (hasPrefix "data-" .volume)) -}}
{{- $what := ternary "the archives of the image in %s: the server would run without any of them. Remove the mount, let a container under extraInitContainers fill the volume, or set artifacts.source to where the archives come from." "what the image has in %s: the server would run without any of it. Remove the mount, or let a container under extraInitContainers fill the volume." (eq .folder $folder) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (include "mi.path" (list "workloads" $workload.key "extraVolumeMounts" .at)) (printf "The volume %s is empty when the pod starts, and hides %s" .volume (printf $what .folder))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
