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
{{- include "mi.checkedName" (list (printf "%s-%s" (index . 0).name (index . 1)) 253 (printf "persistence %q" (index . 1)) (index . 0).faults (include "mi.path" (list "workloads" (index . 0).key "persistence" (index . 1)))) -}}
{{- end -}}

{{/*
mi.volumes: volumes of a pod. Everything that is laid over MI's home before the start is in one projected volume
`config`. Takes (root, workload).
*/}}
{{- define "mi.volumes" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $artifacts := $workload.artifacts -}}
{{- with $workload.sources }}
- name: config
  projected:
    sources:
      {{- . | nindent 6 }}
{{- end }}
{{- if eq $artifacts.source "imageVolume" }}
- name: archives
  image:
    reference: {{ include "mi.imageReference" (list $root ($artifacts.imageVolume).reference) | quote }}
    pullPolicy: {{ ($artifacts.imageVolume).pullPolicy | default "IfNotPresent" }}
{{- else if eq $artifacts.source "persistentVolumeClaim" }}
- name: archives
  persistentVolumeClaim:
    claimName: {{ ($artifacts.persistentVolumeClaim).claimName | quote }}
    {{- if dig "readOnly" true ($artifacts.persistentVolumeClaim | default dict) }}
    readOnly: true
    {{- end }}
{{- else if eq $artifacts.source "initCopy" }}
- name: archives
  emptyDir: {}
{{- end }}
{{- if $workload.fenced }}
{{ include "mi.fencing.volumes" . }}
{{- end }}
{{- if $workload.readOnly }}
- name: home
  {{- with $workload.values.homeSizeLimit }}
  emptyDir:
    sizeLimit: {{ include "mi.plain" . | quote }}
  {{- else }}
  emptyDir: {}
  {{- end }}
- name: tmp
  emptyDir: {}
{{- end }}
{{- if $root.Values.trustedCertificates }}
- name: truststore
  emptyDir: {}
- name: certificates
  projected:
    sources:
      {{- include "mi.certificateSources" $root | trim | nindent 6 }}
{{- end }}
{{- range $name, $volume := $root.Values.resolved.storeVolumes }}
- name: {{ $name | quote }}
  {{- toYaml $volume | nindent 2 }}
{{- end }}
{{- range $name, $volume := $workload.values.persistence | default dict }}
{{- if $volume }}
- name: data-{{ $name }}
  persistentVolumeClaim:
    claimName: {{ $volume.existingClaim | default (include "mi.claimName" (list $workload $name)) | quote }}
{{- end }}
{{- end }}
{{- range $name, $volume := $workload.values.extraVolumes | default dict }}
{{- if $volume }}
- name: {{ $name | quote }}
  {{- toYaml (omit $volume "name") | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
mi.configSources: sources of the projected volume `config`. Takes (root, workload).
*/}}
{{- define "mi.configSources" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $artifacts := $workload.artifacts -}}
{{- if or $workload.toml $workload.properties $workload.log4j2 $workload.texts }}
- configMap:
    name: {{ include "mi.configName" $workload | quote }}
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
      {{- range $path, $file := $workload.files }}
      {{- if and $file (kindIs "string" $file.text) }}
      - key: {{ include "mi.fileKey" $path | quote }}
        path: {{ $path | quote }}
      {{- end }}
      {{- end }}
{{- end }}
{{- if eq $artifacts.source "configMap" }}
{{- range $file, $from := ($artifacts.configMap).archives }}
{{- if $from }}
- configMap:
    name: {{ $from.name | quote }}
    items:
      - key: {{ $from.key | default $file | quote }}
        path: repository/deployment/server/carbonapps/{{ $file }}
{{- end }}
{{- end }}
{{- end }}
{{- include "mi.keystoreSources" $root }}
{{- range $path, $file := $workload.files }}
{{- if and $file (not (kindIs "string" $file.text)) }}
{{- include "mi.fileSource" (list $file $path) }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
mi.fileSource: one source of a projected volume. Takes ({secret} or {configMap}, path).
*/}}
{{- define "mi.fileSource" -}}
{{- $from := index . 0 -}}
{{- $object := $from.secret | default $from.configMap }}
- {{ ternary "secret" "configMap" (not (empty $from.secret)) }}:
    name: {{ $object.name | quote }}
    items:
      - key: {{ $object.key | quote }}
        path: {{ index . 1 | quote }}
{{- end -}}

{{/*
mi.keystoreSources: keystores from Secrets. Two of them may be one file. With trustedCertificates the truststore is not
among them: an init container makes it. Takes the root.
*/}}
{{- define "mi.keystoreSources" -}}
{{- $root := . -}}
{{- $seen := dict -}}
{{- range $name, $store := $root.Values.keystores | default dict -}}
{{- if and $store $store.secretName (not (and (eq $name "truststore") $root.Values.trustedCertificates)) -}}
{{- $file := get $root.Values.resolved.keystoreFiles $name -}}
{{- $secret := dict "name" $store.secretName "key" ($store.key | default $file) -}}
{{- $known := get $seen $file -}}
{{- if and $known (ne (toJson $known) (toJson $secret)) -}}
{{- include "mi.fault" (list $root.Values.resolved.faults "MI-VALUES-CONDITION" (printf "keystores.%s" $name) (printf "The keystore and another one are both the file %s, but come from different Secrets or keys. Set another fileName for one of them." $file)) -}}
{{- end -}}
{{- if not $known -}}
{{- include "mi.fileSource" (list (dict "secret" $secret) (printf "repository/resources/security/%s" $file)) -}}
{{- end -}}
{{- $_ := set $seen $file $secret -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.certificateSources: certificates to import, each as a file of its alias. Takes the root.
*/}}
{{- define "mi.certificateSources" -}}
{{- range $alias, $from := .Values.trustedCertificates | default dict }}
{{- if $from }}{{ include "mi.fileSource" (list $from (printf "%s.pem" $alias)) }}{{ end }}
{{- end }}
{{- with (.Values.keystores).truststore }}
{{- if .secretName }}{{ include "mi.fileSource" (list (dict "secret" (dict "name" .secretName "key" (.key | default $.Values.resolved.keystoreFiles.truststore))) "truststore") }}{{ end }}
{{- end }}
{{- end -}}

{{/*
mi.textFiles: files of `files` that are text, as YAML of a ConfigMap's data. Takes files of a workload.
*/}}
{{- define "mi.textFiles" -}}
{{- range $path, $file := . }}
{{- if and $file (kindIs "string" $file.text) }}
{{ include "mi.fileKey" $path | quote }}: {{ $file.text | toRawJson }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
mi.fileKey: key in a ConfigMap for a path; a slash is not allowed there, and two underscores stand for it.
*/}}
{{- define "mi.fileKey" -}}
{{- . | replace "_" "_1" | replace "/" "__" -}}
{{- end -}}

{{/*
mi.configName: name of the ConfigMap with a workload's files.
*/}}
{{- define "mi.configName" -}}
{{- .name }}-config
{{- end -}}

{{/*
mi.volumeMounts: mounts of the MI container as YAML. Takes (root, workload).
*/}}
{{- define "mi.volumeMounts" -}}
{{- include "mi.mounts" . -}}
{{- range $path, $mount := (index . 1).mounts }}
- mountPath: {{ $path | quote }}
  {{- toYaml $mount | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
mi.mounts: sets `mounts` of a workload, the mounts of its MI container by path; the user's replace the chart's. Several
checks read them, so they are made once. Takes (root, workload); prints nothing.
*/}}
{{- define "mi.mounts" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- if not (hasKey $workload "mounts") -}}
{{- $artifacts := $workload.artifacts -}}
{{- $mounts := dict -}}
{{- $home := $root.Values.resolved.home -}}
{{- if $workload.sources }}{{ $_ := set $mounts $root.Values.resolved.configVolume (dict "name" "config" "readOnly" true) }}{{ end -}}
{{- if $workload.readOnly -}}
{{- $_ := set $mounts $home (dict "name" "home") -}}
{{- $_ := set $mounts "/tmp" (dict "name" "tmp") -}}
{{- end -}}
{{- if $root.Values.trustedCertificates -}}
{{- $file := $root.Values.resolved.keystoreFiles.truststore -}}
{{- $_ := set $mounts (printf "%s/repository/resources/security/%s" $home $file) (dict "name" "truststore" "subPath" $file) -}}
{{- end -}}
{{- if $workload.fenced -}}
{{- if ($root.Values.fencing).image }}{{ $_ := set $mounts "/lease-guard" (dict "name" "lease-guard" "readOnly" true) }}{{ end -}}
{{- $_ := set $mounts "/var/run/lease-guard" (dict "name" "lease-credentials" "readOnly" true) -}}
{{- end -}}
{{- range $path, $mount := $root.Values.resolved.storeMounts }}{{ $_ := set $mounts $path $mount }}{{ end -}}
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
{{- $_ := set $mounts (include "mi.persistence.path" (list $root $volume)) $mount -}}
{{- end -}}
{{- end -}}
{{- range $path, $mount := $workload.values.extraVolumeMounts | default dict }}{{ $_ := set $mounts $path $mount }}{{ end -}}
{{- $written := dict -}}
{{- range $path, $mount := $mounts }}{{ if $mount }}{{ $_ := set $written $path (omit $mount "mountPath") }}{{ end }}{{ end -}}
{{- $_ := set $workload "mounts" $written -}}
{{- end -}}
{{- end -}}

{{/*
mi.volumeFillers: containers of the user that mount a volume, and so may fill it, as a JSON list. Takes (workload, name
of the volume).
*/}}
{{- define "mi.volumeFillers" -}}
{{- $name := index . 1 -}}
{{- $values := (index . 0).values -}}
{{- $fillers := list -}}
{{- range $containers := list ($values.extraInitContainers | default dict) ($values.extraContainers | default dict) -}}
{{- range $container := $containers -}}
{{- range ($container | default dict).volumeMounts }}{{ if eq .name $name }}{{ $fillers = append $fillers $container }}{{ end }}{{ end -}}
{{- end -}}
{{- end -}}
{{- toJson $fillers -}}
{{- end -}}

{{/*
mi.persistence.path: where a volume is mounted; where it names no path, at MI's own places in its home for the registry
and for the files of change data capture. Takes (root, entry of persistence).
*/}}
{{- define "mi.persistence.path" -}}
{{- $volume := index . 1 -}}
{{- $folder := eq "offsets" ($volume.what | default "") | ternary "cdc" "registry" -}}
{{- $volume.mountPath | default (printf "%s/%s" (index . 0).Values.resolved.home $folder) -}}
{{- end -}}

{{/*
mi.initContainers: those that copy MI's home, import certificates and copy archives, then the user's. Takes (root,
workload).
*/}}
{{- define "mi.initContainers" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $artifacts := $workload.artifacts -}}
{{- if and $workload.fenced ($root.Values.fencing).image }}{{ include "mi.fencing.install" . }}{{ end }}
{{- include "mi.prepare" . }}
{{- if eq $artifacts.source "initCopy" -}}
{{- $from := ($artifacts.initCopy).from | default (include "mi.archivesFolder" $root) | trimSuffix "/" }}
- name: copy-archives
  image: {{ include "mi.imageReference" (list $root (($artifacts.initCopy).image | default (include "mi.workloadImage" .))) | quote }}
  imagePullPolicy: {{ include "mi.pullPolicy" . }}
  terminationMessagePolicy: FallbackToLogsOnError
  command:
    - /bin/sh
    - -c
    - |
      set -e
      cd "$FROM"
      for archive in {{ join " " ($artifacts.initCopy).select }}; do
        if [ ! -f "$archive" ]; then echo "No archive $archive in $FROM" >&2; exit 1; fi
        cp "$archive" /archives/
      done
  env:
    - name: FROM
      value: {{ $from | quote }}
  resources:
    requests:
      cpu: 50m
      memory: 32Mi
    limits:
      {{- with (($workload.values.resources).limits).cpu }}
      cpu: {{ include "mi.plain" . | quote }}
      {{- end }}
      memory: 128Mi
  securityContext:
    {{- include "mi.containerSecurityContext" $workload | nindent 4 }}
  volumeMounts:
    - name: archives
      mountPath: /archives
{{- end }}
{{- include "mi.extraContainers" $workload.values.extraInitContainers }}
{{- end -}}
