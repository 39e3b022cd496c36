{{/*
mi.fullname: start of every object name. The release name alone, because Helm keeps it unique in a namespace; in a
parent chart the name of this dependency follows, so that two of them in one release do not collide.
*/}}
{{- define "mi.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if .Values.nameOverride -}}
{{- printf "%s-%s" .Release.Name .Values.nameOverride -}}
{{- else if .Chart.IsRoot -}}
{{- .Release.Name -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name -}}
{{- end -}}
{{- end -}}

{{/*
mi.checkedName: the name given, refused when Kubernetes would refuse it. Never cut short: two cut names could be one.
Takes (name, longest, what, faults, path of what gives the name).
*/}}
{{- define "mi.checkedName" -}}
{{- $name := index . 0 -}}
{{- $longest := index . 1 -}}
{{- if gt (len $name) $longest -}}
{{- include "mi.fault" (list (index . 3) "MI-VALUES-NAME-LENGTH" (index . 4) (printf "The name %q of %s has %d characters, and Kubernetes allows at most %d. Shorten the workload's key or the release name, or set fullnameOverride." $name (index . 2) (len $name) $longest)) -}}
{{- end -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) -}}
{{- include "mi.fault" (list (index . 3) "MI-VALUES-FORMAT" (index . 4) (printf "The name %q of %s is not one that Kubernetes allows: lower-case letters, digits and hyphens, a letter first, no hyphen last (RFC 1035). Set fullnameOverride, or correct the release name or the workload's key." $name (index . 2))) -}}
{{- end -}}
{{- $name -}}
{{- end -}}

{{/*
mi.selector: labels that select the pods of a workload. They are immutable, so nothing that ever changes may be here.
Takes (root, workload key).
*/}}
{{- define "mi.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ $root.Values.nameOverride | default $root.Chart.Name | quote }}
app.kubernetes.io/instance: {{ $root.Release.Name | quote }}
app.kubernetes.io/component: {{ index . 1 | quote }}
{{- end -}}

{{/*
mi.labels: recommended labels of an object. Takes (root, component, more labels, reserved is what the chart says
itself). Objects with the same labels but for the component share what is printed, with (component) in its place.
*/}}
{{- define "mi.labels" -}}
{{- include "mi.once" (list (index . 0) "mi.labels.shared" . (index . 2)) | replace "(component)" (index . 1) -}}
{{- end -}}

{{- define "mi.labels.shared" -}}
{{- $root := index . 0 -}}
{{- $chart := dict "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") -}}
{{- include "mi.podLabels.shared" (list $root "" (merge $chart (index . 2 | default dict) ($root.Values.commonLabels | default dict))) -}}
{{- end -}}

{{/*
mi.podLabels: as mi.labels, without the chart's version and commonLabels: both would restart every pod when they change.
Takes (root, component, more labels).
*/}}
{{- define "mi.podLabels" -}}
{{- include "mi.once" (list (index . 0) "mi.podLabels.shared" . (index . 2)) | replace "(component)" (index . 1) -}}
{{- end -}}

{{- define "mi.podLabels.shared" -}}
{{- $root := index . 0 -}}
{{- $own := dict
  "app.kubernetes.io/name" ($root.Values.nameOverride | default $root.Chart.Name)
  "app.kubernetes.io/instance" $root.Release.Name
  "app.kubernetes.io/component" "(component)"
  "app.kubernetes.io/version" $root.Values.resolved.version
  "app.kubernetes.io/managed-by" $root.Release.Service -}}
{{- include "mi.stringMap" (merge $own (index . 2 | default dict)) -}}
{{- end -}}

{{/*
mi.versionLabel: the image's tag, else the runtime's version, made fit for a label.
*/}}
{{- define "mi.versionLabel" -}}
{{- ((.Values.image).tag | default (include "mi.version" .)) | regexFind "^[A-Za-z0-9][-_.A-Za-z0-9]*" | trunc 62 | trimAll "-_." -}}
{{- end -}}

{{/*
mi.stringMap: a map as YAML lines `key: "value"`, sorted; entries that are null are left out.
*/}}
{{- define "mi.stringMap" -}}
{{- $first := true -}}
{{- range $key, $value := . -}}
{{- if not (kindIs "invalid" $value) -}}
{{- if not $first }}
{{ end -}}
{{- $first = false -}}
{{ if contains "/" $key }}{{ $key }}{{ else }}{{ $key | quote }}{{ end }}: {{ if kindIs "string" $value }}{{ $value | quote }}{{ else }}{{ include "mi.plain" $value | quote }}{{ end }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.metadata: metadata of an object. Takes a dict: root, name, component, labels, annotations (the last two may be
absent), and namespace, where it is not that of the others.
*/}}
{{- define "mi.metadata" -}}
name: {{ .name | quote }}
namespace: {{ .namespace | default (include "mi.namespace" .root) | quote }}
labels:
  {{- include "mi.labels" (list .root .component .labels) | nindent 2 }}
{{- with include "mi.stringMap" (merge (dict) (.annotations | default dict) (.root.Values.commonAnnotations | default dict)) }}
annotations:
  {{- . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
mi.image: image reference of MI. A digest wins over a tag; global.imageRegistry counts where neither registry nor
repository names one.
*/}}
{{- define "mi.image" -}}
{{- $image := .Values.image | default dict -}}
{{- $repository := $image.repository | default "wso2/wso2mi" -}}
{{- if $image.registry }}{{ trimSuffix "/" $image.registry }}/{{ $repository }}{{ else }}{{ include "mi.imageReference" (list . $repository) }}{{ end -}}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default (include "mi.version" .) }}{{ end -}}
{{- end -}}

{{/*
mi.pullSecrets: imagePullSecrets of the image and of `global`, each once, as a YAML list; empty when there are none.
*/}}
{{- define "mi.pullSecrets" -}}
{{- $names := list -}}
{{- range concat ((.Values.image).pullSecrets | default list) ((.Values.global).imagePullSecrets | default list) -}}
{{- if kindIs "map" . }}{{ $names = append $names .name }}{{ else }}{{ $names = append $names . }}{{ end -}}
{{- end -}}
{{- range $names | uniq }}
- name: {{ . | quote }}
{{- end -}}
{{- end -}}

{{/*
mi.serviceAccount: name of the account the pods run as.
*/}}
{{- define "mi.serviceAccount" -}}
{{- $account := .Values.serviceAccount | default dict -}}
{{- if $account.name }}{{ $account.name }}{{ else if dig "create" true $account }}{{ include "mi.fullname" . }}{{ else }}default{{ end -}}
{{- end -}}

{{/*
mi.headlessName: name of the headless Service that a StatefulSet needs. Takes a workload.
*/}}
{{- define "mi.headlessName" -}}
{{- include "mi.checkedName" (list (printf "%s-headless" .name) 63 (printf "the headless Service of workload %q" .key) .faults .path) -}}
{{- end -}}

{{/*
mi.namespace: namespace of every object of the release. Takes the root.
*/}}
{{- define "mi.namespace" -}}
{{- .Values.namespaceOverride | default .Release.Namespace -}}
{{- end -}}

{{/*
mi.imageReference: an image that is written in one piece, with the registry of `global` where it names none: the first
part of a name with a slash is a registry when it has a dot or a colon, or is localhost. Takes (root, reference).
*/}}
{{- define "mi.imageReference" -}}
{{- $registry := ((index . 0).Values.global).imageRegistry -}}
{{- $reference := index . 1 -}}
{{- if and $registry $reference (not (regexMatch "^([^/]*[.:][^/]*|localhost)/" $reference)) }}{{ trimSuffix "/" $registry }}/{{ end }}{{ $reference -}}
{{- end -}}

{{/*
mi.workloadImage: image of a workload: the release's, or what the workload says over it. Takes (root, workload).
*/}}
{{- define "mi.workloadImage" -}}
{{- $root := index . 0 -}}
{{- $own := (index . 1).values.image | default dict -}}
{{- if omit $own "pullPolicy" -}}
{{- $base := ternary (omit ($root.Values.image | default dict) "tag" "digest") ($root.Values.image | default dict) (not (empty (or $own.tag $own.digest))) -}}
{{- include "mi.image" (dict "Values" (merge (dict "image" (merge (dict) $own $base)) (omit $root.Values "image")) "Chart" $root.Chart) -}}
{{- else -}}
{{- $root.Values.resolved.image -}}
{{- end -}}
{{- end -}}

{{/*
mi.pullPolicy: when to pull the image of a workload. Takes (root, workload).
*/}}
{{- define "mi.pullPolicy" -}}
{{- ((index . 1).values.image).pullPolicy | default ((index . 0).Values.image).pullPolicy | default "IfNotPresent" -}}
{{- end -}}

{{/*
mi.workloadAccount: name of the account that the pods of a workload run as. Takes (root, workload).
*/}}
{{- define "mi.workloadAccount" -}}
{{- (index . 1).values.serviceAccountName | default (index . 0).Values.resolved.serviceAccount -}}
{{- end -}}

{{/*
mi.statefulMap: name of the ConfigMap that says for images what roles the release has. Takes the root.
*/}}
{{- define "mi.statefulMap" -}}
{{- printf "%s-stateful" .Values.resolved.fullname -}}
{{- end -}}

{{/*
mi.moves.record: name and namespace, as JSON, of the ConfigMap with the names of the stateful workloads. An upgrade has
to find it whatever it changes, so no value is part of them; without fullnameOverride and the like it is
mi.statefulMap. Takes the root.
*/}}
{{- define "mi.moves.record" -}}
{{- dict "namespace" .Release.Namespace "name" (printf "%s%s-stateful" .Release.Name (ternary "" (printf "-%s" .Chart.Name) .Chart.IsRoot)) | toJson -}}
{{- end -}}
