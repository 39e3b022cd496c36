{{/*
mi.archivesFolder: where MI deploys archives from. Takes the root.
*/}}
{{- define "mi.archivesFolder" -}}
{{- .Values.resolved.home }}/repository/deployment/server/carbonapps
{{- end -}}

{{/*
mi.claimName: name of a claim that the chart creates. Takes (workload, name of the entry).
*/}}
{{- define "mi.claimName" -}}
{{- include "mi.checkedName" (list (printf "%s-%s" (index . 0).name (index . 1)) 253 (printf "persistence %q" (index . 1))) -}}
{{- end -}}

{{/*
mi.volumes: volumes of a pod. Everything that is laid over MI's home before the start is in one projected volume `config`.
Takes (root, workload).
*/}}
{{- define "mi.volumes" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $artifacts := $workload.artifacts -}}
{{- with include "mi.configSources" . | trim }}
- name: config
  projected:
    sources:
      {{- . | nindent 6 }}
{{- end }}
{{- if eq $artifacts.source "imageVolume" }}
- name: archives
  image:
    reference: {{ $artifacts.imageVolume.reference | quote }}
    pullPolicy: {{ $artifacts.imageVolume.pullPolicy | default "IfNotPresent" }}
{{- else if eq $artifacts.source "persistentVolumeClaim" }}
- name: archives
  persistentVolumeClaim:
    claimName: {{ $artifacts.persistentVolumeClaim.claimName }}
    {{- if dig "readOnly" true $artifacts.persistentVolumeClaim }}
    readOnly: true
    {{- end }}
{{- else if eq $artifacts.source "initCopy" }}
- name: archives
  emptyDir: {}
{{- end }}
{{- range $name, $volume := $workload.values.persistence | default dict }}
{{- if $volume }}
- name: data-{{ $name }}
  persistentVolumeClaim:
    claimName: {{ $volume.existingClaim | default (include "mi.claimName" (list $workload $name)) }}
{{- end }}
{{- end }}
{{- range $name, $volume := $workload.values.extraVolumes | default dict }}
{{- if $volume }}
- name: {{ $name }}
  {{- toYaml (omit $volume "name") | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
mi.configSources: sources of the projected volume `config`. Takes (root, workload).
*/}}
{{- define "mi.configSources" -}}
{{- $workload := index . 1 -}}
{{- $artifacts := $workload.artifacts -}}
{{- if or $workload.toml $workload.properties $workload.log4j2 }}
- configMap:
    name: {{ include "mi.configName" $workload }}
    items:
      {{- if $workload.toml }}
      - key: deployment.toml
        path: conf/deployment.toml
      {{- end }}
      {{- if $workload.properties }}
      - key: file.properties
        path: conf/file.properties
      {{- end }}
      {{- if $workload.log4j2 }}
      - key: log4j2.properties
        path: conf/log4j2.properties
      {{- end }}
{{- end }}
{{- if eq $artifacts.source "configMap" }}
{{- range $file, $from := $artifacts.configMap.archives }}
{{- if $from }}
- configMap:
    name: {{ $from.name }}
    items:
      - key: {{ $from.key | default $file | quote }}
        path: repository/deployment/server/carbonapps/{{ $file }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
mi.configName: name of the ConfigMap with a workload's files.
*/}}
{{- define "mi.configName" -}}
{{- .name }}-config
{{- end -}}

{{/*
mi.volumeMounts: mounts of the MI container, each path once; the user's replace the chart's. Takes (root, workload).
*/}}
{{- define "mi.volumeMounts" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $artifacts := $workload.artifacts -}}
{{- $mounts := dict -}}
{{- if include "mi.configSources" . | trim }}{{ $_ := set $mounts $root.Values.resolved.configVolume (dict "name" "config" "readOnly" true) }}{{ end -}}
{{- if has $artifacts.source (list "imageVolume" "persistentVolumeClaim" "initCopy") -}}
{{- $mount := dict "name" "archives" -}}
{{- $from := get $artifacts $artifacts.source | default dict -}}
{{- if and (ne $artifacts.source "initCopy") (dig "readOnly" true $from) }}{{ $_ := set $mount "readOnly" true }}{{ end -}}
{{- if and (ne $artifacts.source "initCopy") $from.subPath }}{{ $_ := set $mount "subPath" $from.subPath }}{{ end -}}
{{- $_ := set $mounts (include "mi.archivesFolder" $root) $mount -}}
{{- end -}}
{{- range $name, $volume := $workload.values.persistence | default dict -}}
{{- if $volume -}}
{{- $mount := dict "name" (printf "data-%s" $name) -}}
{{- with $volume.subPath }}{{ $_ := set $mount "subPath" . }}{{ end -}}
{{- if $volume.readOnly }}{{ $_ := set $mount "readOnly" true }}{{ end -}}
{{- $_ := set $mounts ($volume.mountPath | default (printf "%s/registry" $root.Values.resolved.home)) $mount -}}
{{- end -}}
{{- end -}}
{{- range $path, $mount := $workload.values.extraVolumeMounts | default dict }}{{ $_ := set $mounts $path $mount }}{{ end -}}
{{- range $path, $mount := $mounts }}
{{- if $mount }}
- mountPath: {{ $path }}
  {{- toYaml (omit $mount "mountPath") | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
mi.initContainers: the one that copies archives, then the user's. Takes (root, workload).
*/}}
{{- define "mi.initContainers" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $artifacts := $workload.artifacts -}}
{{- if eq $artifacts.source "initCopy" -}}
{{- $from := $artifacts.initCopy.from | default (include "mi.archivesFolder" $root) | trimSuffix "/" }}
- name: copy-archives
  image: {{ $artifacts.initCopy.image | default $root.Values.resolved.image | quote }}
  imagePullPolicy: {{ ($root.Values.image).pullPolicy | default "IfNotPresent" }}
  command:
    - /bin/sh
    - -c
    - |
      set -e
      cd {{ $from | squote }}
      for archive in {{ join " " $artifacts.initCopy.select }}; do
        if [ ! -f "$archive" ]; then echo "No archive $archive in {{ $from }}" >&2; exit 1; fi
        cp "$archive" /archives/
      done
  resources:
    requests:
      cpu: 50m
      memory: 32Mi
    limits:
      memory: 128Mi
  securityContext:
    {{- include "mi.containerSecurityContext" $workload.values | nindent 4 }}
  volumeMounts:
    - name: archives
      mountPath: /archives
{{- end }}
{{- include "mi.extraContainers" $workload.values.extraInitContainers }}
{{- end -}}
