{{/*
Pods that end: of the schema job and of `helm test`. Both take the same settings; what they leave out of nodeSelector,
tolerations and priorityClassName is that of workloadDefaults, since nodes that are tainted are so for them too.

mi.helperPod.metadata: labels and annotations of such a pod. A sidecar of a mesh would keep it from ending, so none is
injected unless podLabels or podAnnotations ask for one (Istio: label sidecar.istio.io/inject, Linkerd: annotation
linkerd.io/inject). Takes (root, component, settings).
*/}}
{{- define "mi.helperPod.metadata" -}}
{{- $settings := index . 2 -}}
labels:
  {{- include "mi.podLabels" (list (index . 0) (index . 1) (merge (dict) ($settings.podLabels | default dict) (dict "sidecar.istio.io/inject" "false"))) | nindent 2 }}
annotations:
  {{- include "mi.stringMap" (merge (dict) ($settings.podAnnotations | default dict) (dict "linkerd.io/inject" "disabled")) | nindent 2 }}
{{- end -}}

{{/*
mi.helperPod.spec: the part of the pod's spec before its containers. Takes (root, settings, account, security context as
a map).
*/}}
{{- define "mi.helperPod.spec" -}}
{{- $root := index . 0 -}}
{{- $settings := index . 1 -}}
{{- $defaults := $root.Values.workloadDefaults | default dict -}}
restartPolicy: Never
{{- with index . 2 }}
serviceAccountName: {{ . | quote }}
{{- end }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $root.Values.resolved.pullSecrets }}
imagePullSecrets:
  {{- . | nindent 2 }}
{{- end }}
{{- with $settings.priorityClassName | default $defaults.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with $settings.nodeSelector | default $defaults.nodeSelector }}
nodeSelector:
  {{- include "mi.stringMap" . | nindent 2 }}
{{- end }}
{{- with $settings.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $settings.tolerations | default $defaults.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml (mustMergeOverwrite (deepCopy (index . 3)) ($settings.podSecurityContext | default dict)) | nindent 2 }}
{{- end -}}

{{/*
mi.helperPod.container: what its container has besides image and command. Takes (settings, resources by default).
*/}}
{{- define "mi.helperPod.container" -}}
{{- $settings := index . 0 -}}
{{- $resources := mustMergeOverwrite (deepCopy (index . 1)) ($settings.resources | default dict) -}}
resources:
  {{- range $kind := list "requests" "limits" }}
  {{- with include "mi.quantities" (get $resources $kind) | trim }}
  {{ $kind }}:
    {{- . | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- with $resources.claims }}
  claims:
    {{- toYaml . | nindent 4 }}
  {{- end }}
securityContext:
  {{- toYaml (mustMergeOverwrite (dict "allowPrivilegeEscalation" false "capabilities" (dict "drop" (list "ALL")) "runAsNonRoot" true "readOnlyRootFilesystem" true) ($settings.containerSecurityContext | default dict)) | nindent 2 }}
{{- end -}}
